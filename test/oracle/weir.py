# SPDX-License-Identifier: Apache-2.0
"""Weir through its public API, for tests that compare it with other programs: libweir.so by ctypes, rows by pyarrow.

    with Weir() as weir:
        weir.run("CREATE TABLE t (a BIGINT)")
        weir.run("SELECT a FROM t")            # rows as tuples of Python's values; Error is raised
        weir.run_each(["SELECT 1", "SELECT x"])  # as Postgres.run_each: rows of text, or Error

The library is found in $WEIR_BUILD.
"""
import ctypes
import os
from pathlib import Path

import pyarrow

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("WEIR_BUILD", ROOT / "build/release"))
OK, BUSY, TIMEOUT, DONE = range(4)
STMT_ROWS = 1


class Error(Exception):
    def __init__(self, sqlstate, message, hint="", position=-1):
        super().__init__(f"{sqlstate}: {message}" + (f" ({hint})" if hint else ""))
        self.sqlstate, self.message, self.hint, self.position = sqlstate, message, hint, position


class ArrowSchema(ctypes.Structure):
    _fields_ = [("room", ctypes.c_void_p * 9)]


class ArrowArray(ctypes.Structure):
    _fields_ = [("counts", ctypes.c_int64 * 5), ("buffers", ctypes.c_void_p), ("children", ctypes.c_void_p),
                ("dictionary", ctypes.c_void_p), ("release", ctypes.c_void_p), ("private_data", ctypes.c_void_p)]


class ArrowStream(ctypes.Structure):
    pass


ArrowStream._fields_ = [("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ArrowStream), ctypes.POINTER(ArrowSchema))),
                        ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ArrowStream), ctypes.POINTER(ArrowArray))),
                        ("get_last_error", ctypes.c_void_p),
                        ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowStream))),
                        ("private_data", ctypes.c_void_p)]


class Text(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_size_t)]


class ValueAs(ctypes.Union):
    _fields_ = [("boolean", ctypes.c_int), ("i64", ctypes.c_int64), ("f64", ctypes.c_double), ("text", Text)]


class Value(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("value", ValueAs)]

    @staticmethod
    def of(given):
        """None, a number, or a text: the form of any type."""
        value = Value()
        if isinstance(given, str):
            data = given.encode()
            value.kind, value.value.text = 4, Text(data, len(data))
        elif isinstance(given, float):
            value.kind, value.value.f64 = 3, given
        elif given is not None:
            value.kind, value.value.i64 = 2, given
        return value


def load(path):
    library = ctypes.CDLL(str(path))
    pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ssize_t
    for name, result, arguments in [
            ("weir_open", ctypes.c_int, [text, pointer, pointer, pointer]),
            ("weir_close", ctypes.c_int, [pointer, pointer]),
            ("weir_connect", ctypes.c_int, [pointer, pointer, pointer]),
            ("weir_disconnect", None, [pointer]),
            ("weir_step", ctypes.c_int, [pointer, ctypes.c_int64, pointer]),
            ("weir_exec", ctypes.c_int, [pointer, text, size, pointer]),
            ("weir_prepare", ctypes.c_int, [pointer, pointer, size, pointer, pointer, pointer]),
            ("weir_stmt_free", None, [pointer]),
            ("weir_bind", ctypes.c_int, [pointer, ctypes.c_uint32, Value, pointer]),
            ("weir_stmt_param_schema", ctypes.c_int, [pointer, pointer, pointer]),
            ("weir_query", ctypes.c_int, [pointer, ctypes.POINTER(ArrowStream), pointer]),
            ("weir_stream_error", pointer, [ctypes.POINTER(ArrowStream)]),
            ("weir_error_sqlstate", text, [pointer]), ("weir_error_message", text, [pointer]),
            ("weir_error_hint", text, [pointer]), ("weir_error_position", ctypes.c_int64, [pointer]),
            ("weir_error_free", None, [pointer]),
            ("weir_writer_open", ctypes.c_int, [pointer, text, pointer, pointer]),
            ("weir_writer_push", ctypes.c_int, [pointer, pointer, pointer, ctypes.c_int64, pointer]),
            ("weir_writer_watermark", ctypes.c_int, [pointer, ctypes.c_int64, pointer]),
            ("weir_writer_free", None, [pointer]),
            ("weir_subscribe", ctypes.c_int, [pointer, text, pointer, pointer, pointer]),
            ("weir_sub_schema", ctypes.c_int, [pointer, pointer, pointer]),
            ("weir_sub_next", ctypes.c_int, [pointer, ctypes.c_int64, pointer, pointer]),
            ("weir_sub_free", None, [pointer]),
            ("weir_batch_move", None, [pointer, pointer]), ("weir_batch_free", None, [pointer])]:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


library = load(BUILD / "libweir.so")


def take_error(error):
    """The error object as an exception; frees it."""
    found = Error(library.weir_error_sqlstate(error).decode(), library.weir_error_message(error).decode("utf-8", "replace"),
                  library.weir_error_hint(error).decode("utf-8", "replace"), library.weir_error_position(error))
    library.weir_error_free(error)
    return found


def check(status, error):
    if status != OK:
        raise take_error(error) if error else Error("", f"status {status}")


def import_rows(array, schema):
    """The rows of one batch as tuples; takes both structs."""
    batch = pyarrow.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema))
    return list(zip(*(column.to_pylist() for column in batch.columns))) if batch.num_columns else [()] * batch.num_rows


class Writer:
    def __init__(self, weir, name):
        self.handle = ctypes.c_void_p()
        error = ctypes.c_void_p()
        check(library.weir_writer_open(weir.conn, name.encode(), ctypes.byref(self.handle), ctypes.byref(error)), error)

    def push(self, batch):
        """A pyarrow.RecordBatch; one epoch."""
        array, schema, error = ArrowArray(), ArrowSchema(), ctypes.c_void_p()
        batch._export_to_c(ctypes.addressof(array), ctypes.addressof(schema))
        status = library.weir_writer_push(self.handle, ctypes.byref(array), ctypes.byref(schema), -1, ctypes.byref(error))
        pyarrow.Schema._import_from_c(ctypes.addressof(schema))  # takes the schema back, and so releases it
        check(status, error)

    def watermark(self, time_us):
        error = ctypes.c_void_p()
        check(library.weir_writer_watermark(self.handle, time_us, ctypes.byref(error)), error)

    def close(self):
        library.weir_writer_free(self.handle)


class Subscription:
    def __init__(self, weir, query):
        self.handle = ctypes.c_void_p()
        error = ctypes.c_void_p()
        check(library.weir_subscribe(weir.conn, query.encode(), None, ctypes.byref(self.handle), ctypes.byref(error)), error)

    def read(self):
        """All rows that have come so far; the weight is the last value of each where the query has weights."""
        rows = []
        while True:
            batch, error = ctypes.c_void_p(), ctypes.c_void_p()
            status = library.weir_sub_next(self.handle, 0, ctypes.byref(batch), ctypes.byref(error))
            if status in (TIMEOUT, DONE):
                return rows
            check(status, error)
            array, schema = ArrowArray(), self.schema()
            library.weir_batch_move(batch, ctypes.byref(array))
            library.weir_batch_free(batch)
            rows += import_rows(array, schema)

    def schema(self):
        schema, error = ArrowSchema(), ctypes.c_void_p()
        check(library.weir_sub_schema(self.handle, ctypes.byref(schema), ctypes.byref(error)), error)
        return schema

    def column_names(self):
        schema = self.schema()
        return pyarrow.Schema._import_from_c(ctypes.addressof(schema)).names

    def close(self):
        library.weir_sub_free(self.handle)


class Statement:
    """A prepared one; its parameters have the types of Arrow."""
    def __init__(self, weir, sql):
        self.weir, self.handle, error = weir, ctypes.c_void_p(), ctypes.c_void_p()
        text = ctypes.create_string_buffer(sql.encode())
        check(library.weir_prepare(weir.conn, text, -1, ctypes.byref(self.handle), None, ctypes.byref(error)), error)

    def types(self):
        schema, error = ArrowSchema(), ctypes.c_void_p()
        check(library.weir_stmt_param_schema(self.handle, ctypes.byref(schema), ctypes.byref(error)), error)
        return pyarrow.Schema._import_from_c(ctypes.addressof(schema)).types

    def run(self, values):
        for i, value in enumerate(values):
            error = ctypes.c_void_p()
            check(library.weir_bind(self.handle, i + 1, Value.of(value), ctypes.byref(error)), error)
        return self.weir.query(self.handle)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        library.weir_stmt_free(self.handle)


class Weir:
    def __init__(self):
        self.db, self.conn = ctypes.c_void_p(), ctypes.c_void_p()
        error = ctypes.c_void_p()
        check(library.weir_open(b":memory:", None, ctypes.byref(self.db), ctypes.byref(error)), error)
        check(library.weir_connect(self.db, ctypes.byref(self.conn), ctypes.byref(error)), error)

    def run(self, sql):
        """The rows of the script's last statement, as tuples of Python's values."""
        text = sql.encode()
        start = ctypes.cast(ctypes.c_char_p(text), ctypes.c_void_p).value
        end, rows = start + len(text), []
        while start < end:
            stmt, tail, error = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
            check(library.weir_prepare(self.conn, start, end - start, ctypes.byref(stmt), ctypes.byref(tail), ctypes.byref(error)), error)
            if not stmt:
                break
            try:
                rows = self.query(stmt)
            finally:
                library.weir_stmt_free(stmt)
            start = tail.value
        return rows

    def query(self, stmt):
        stream, error = ArrowStream(), ctypes.c_void_p()
        check(library.weir_query(stmt, ctypes.byref(stream), ctypes.byref(error)), error)
        try:
            rows = []
            while True:
                array, schema = ArrowArray(), ArrowSchema()
                if stream.get_next(ctypes.byref(stream), ctypes.byref(array)) != 0:
                    raise take_error(library.weir_stream_error(ctypes.byref(stream)))
                if not array.release:
                    return rows
                assert stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)) == 0
                rows += import_rows(array, schema)
        finally:
            stream.release(ctypes.byref(stream))

    def run_each(self, statements):
        """For each statement its rows, or its Error."""
        return [self.run_or_error(statement) for statement in statements]

    def run_or_error(self, statement):
        try:
            return self.run(statement)
        except Error as error:
            return error

    def step(self):
        error = ctypes.c_void_p()
        status = library.weir_step(self.db, 0, ctypes.byref(error))
        if status not in (OK, TIMEOUT, DONE):
            check(status, error)

    def close(self):
        error = ctypes.c_void_p()
        library.weir_disconnect(self.conn)
        check(library.weir_close(self.db, ctypes.byref(error)), error)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
