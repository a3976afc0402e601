#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Arrow arrays made by pyarrow through our import and export and back, compared by pyarrow.

    arrow_check.py path/to/arrow_bridge.so [seed]

Every type, NULLs, slices at the batch and at the column, dictionaries, units, random data, streams, faults.
Ends in "N passed, N failed" and the exit status that goes with it."""
import ctypes
import datetime
import decimal
import gc
import random
import struct
import sys
import uuid

try:
    import pyarrow as pa
except ImportError as error:
    print(f"SKIPPED: pyarrow is missing ({error})")
    print("0 passed, 0 failed")
    sys.exit(0)

SCHEMA_SIZE, ARRAY_SIZE, STREAM_SIZE = 72, 80, 40
WEIGHTS, TEXT_OFFSETS = 1, 2


def load(path):
    bridge = ctypes.CDLL(path)
    pointer = ctypes.c_void_p
    bridge.arrow_bridge_batch.argtypes = [pointer, pointer, ctypes.c_int64, ctypes.c_int64, ctypes.c_int,
                                          pointer, pointer, ctypes.c_char_p, ctypes.c_size_t]
    bridge.arrow_bridge_stream.argtypes = [pointer, ctypes.c_int, pointer]
    return bridge


class Refused(Exception):
    pass


def through(bridge, batch, start=0, count=-1, flags=0):
    schema, array, schema_out, array_out = (ctypes.create_string_buffer(size) for size in
                                            (SCHEMA_SIZE, ARRAY_SIZE, SCHEMA_SIZE, ARRAY_SIZE))
    message = ctypes.create_string_buffer(600)
    address = ctypes.addressof
    batch._export_to_c(address(array), address(schema))
    status = bridge.arrow_bridge_batch(address(schema), address(array), start, count, flags, address(schema_out),
                                       address(array_out), message, len(message))
    pa.Schema._import_from_c(address(schema))  # takes the schema back, and so releases it
    if status != 0:
        raise Refused(f"{status}: {message.value.decode()}")
    result = pa.RecordBatch._import_from_c(address(array_out), address(schema_out))
    result.validate(full=True)
    return result


# ---- what comes back ----

def type_back(data_type, flags):
    """The Arrow type in which our import's SQL type leaves again."""
    types = pa.types
    if types.is_dictionary(data_type):
        return type_back(data_type.value_type, flags)
    text = pa.string() if flags & TEXT_OFFSETS else pa.string_view()
    binary = pa.binary() if flags & TEXT_OFFSETS else pa.binary_view()
    if types.is_null(data_type) or types.is_string(data_type) or types.is_large_string(data_type) or \
            types.is_string_view(data_type):
        return text
    if types.is_binary(data_type) or types.is_large_binary(data_type) or types.is_binary_view(data_type) or \
            types.is_fixed_size_binary(data_type):
        return binary
    if types.is_int8(data_type) or types.is_uint8(data_type):
        return pa.int16()
    if types.is_uint16(data_type):
        return pa.int32()
    if types.is_uint32(data_type):
        return pa.int64()
    if types.is_uint64(data_type):
        return pa.decimal128(20, 0)
    if types.is_float16(data_type):
        return pa.float32()
    if types.is_decimal(data_type):
        scale = max(data_type.scale, 0)
        digits = data_type.precision - min(data_type.scale, 0)
        return pa.decimal128(min(38, max(digits, scale)), scale)
    if types.is_date(data_type):
        return pa.date32()
    if types.is_time(data_type):
        return pa.time64("us")
    if types.is_timestamp(data_type):
        return pa.timestamp("us", "UTC" if data_type.tz else None)
    if types.is_duration(data_type) or types.is_interval(data_type):
        return pa.month_day_nano_interval()
    return data_type


def value_back(value, data_type):
    """A Python value of what pyarrow gives for `data_type` as what it gives for the type coming back."""
    types = pa.types
    if types.is_dictionary(data_type):
        return value_back(value, data_type.value_type)
    if value is None:
        return None
    if types.is_uint64(data_type):
        return decimal.Decimal(value)
    if types.is_duration(data_type):
        return ("interval", 0, 0, value // {"s": 1, "ms": 1}.get(data_type.unit, 1))
    return value


def plain(array):
    """Comparable values: times as integers of microseconds, since Python's own cannot hold them all."""
    data_type = array.type
    types = pa.types
    if isinstance(array, pa.ExtensionArray):
        return [None if value is None else bytes(value) for value in array.storage.to_pylist()]
    if types.is_dictionary(data_type):
        values = plain(array.dictionary)
        return [None if index is None else values[index] for index in array.indices.to_pylist()]
    if types.is_timestamp(data_type) or types.is_duration(data_type) or types.is_time(data_type):
        width = pa.int32() if data_type.bit_width == 32 else pa.int64()
        factor = {"s": (10**6, 1), "ms": (10**3, 1), "us": (1, 1), "ns": (1, 10**3)}[data_type.unit]
        values = [None if value is None else value * factor[0] // factor[1]
                  for value in array.view(width).to_pylist()]
        if types.is_duration(data_type):
            return [None if value is None else (0, 0, value * 1000) for value in values]
        return values
    if types.is_date64(data_type):
        return [None if value is None else value // 86400000 for value in array.view(pa.int64()).to_pylist()]
    if types.is_date(data_type):
        return array.view(pa.int32()).to_pylist()
    if types.is_interval(data_type):
        return [None if value is None else (value.months, value.days, value.nanoseconds // 1000 * 1000)
                for value in array.to_pylist()]
    if types.is_floating(data_type):
        return [None if value is None else ("nan" if value != value else float(value)) for value in array.to_pylist()]
    if types.is_uint64(data_type):
        return [None if value is None else decimal.Decimal(value) for value in array.to_pylist()]
    return array.to_pylist()


def expect(bridge, batch, start=0, count=-1, flags=0):
    result = through(bridge, batch, start, count, flags)
    wanted = batch if count < 0 else batch.slice(start, count)
    assert result.num_rows == wanted.num_rows, (result.num_rows, wanted.num_rows)
    for index, field in enumerate(batch.schema):
        back, column = result.column(index), wanted.column(index)
        assert result.schema.names[index] == field.name
        type_wanted = type_back(field.type, flags)
        assert back.type == type_wanted, f"{field.type} came back as {back.type}, not {type_wanted}"
        got, want = plain(back), plain(column)
        if got != want:
            at = next(i for i in range(len(want)) if got[i] != want[i])
            raise AssertionError(f"{field.type} row {at}: {got[at]!r} instead of {want[at]!r}")
    if flags & WEIGHTS:
        assert result.schema.names[-1] == "__weight"
        assert result.column(result.num_columns - 1).to_pylist() == [1] * result.num_rows
    return result


# ---- arrays of every type ----

def random_text(rng):
    alphabet = "abcxyz \u00e9\u4e2d\U0001F600"
    return "".join(rng.choice(alphabet) for _ in range(rng.choice([0, 1, 3, 4, 5, 8, 12, 13, 14, 40, 300])))


def integers(rng, bits, signed):
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    return rng.choice([low, high, 0, 1, rng.randint(low, high)])


def random_decimal(rng, digits):
    """The unscaled integer."""
    return rng.choice([10**digits - 1, 0, 1, rng.randrange(10**digits)]) * rng.choice([1, -1])


def from_bits(data_type, values):
    """An array from the integers that its values are made of."""
    width = data_type.bit_width // 8
    data = b"".join((v or 0).to_bytes(width, "little", signed=True) for v in values)
    valid = sum((v is not None) << i for i, v in enumerate(values)).to_bytes(len(values) // 8 + 1, "little")
    return pa.Array.from_buffers(data_type, len(values), [pa.py_buffer(valid), pa.py_buffer(data)])


def generators(rng):
    yield from [(pa.null(), lambda: None), (pa.bool_(), lambda: rng.random() < 0.5)]
    for bits in (8, 16, 32, 64):
        yield getattr(pa, f"int{bits}")(), lambda bits=bits: integers(rng, bits, True)
        yield getattr(pa, f"uint{bits}")(), lambda bits=bits: integers(rng, bits, False)
    floats = [0.0, -0.0, 1.5, -65504.0, 2.0**-24, 2.0**-14, float("inf"), float("-inf"), float("nan"), 0.333251953125]
    for data_type in (pa.float16(), pa.float32(), pa.float64()):
        yield data_type, lambda: rng.choice(floats)
    for make, precision, scale in ((pa.decimal128, 38, 10), (pa.decimal128, 5, 2), (pa.decimal128, 4, -3),
                                   (pa.decimal128, 2, 5), (pa.decimal256, 38, 4), (pa.decimal256, 76, 2),
                                   (getattr(pa, "decimal32", None), 9, 2), (getattr(pa, "decimal64", None), 18, 6)):
        if make is not None:
            yield make(precision, scale), lambda p=min(precision, 36): random_decimal(rng, p)
    for data_type in (pa.string(), pa.large_string(), pa.string_view()):
        yield data_type, lambda: random_text(rng)
    for data_type in (pa.binary(), pa.large_binary(), pa.binary_view()):
        yield data_type, lambda: rng.randbytes(rng.choice([0, 1, 4, 12, 13, 100]))
    for width in (0, 1, 12, 13, 16, 40):
        yield pa.binary(width), lambda width=width: rng.randbytes(width)
    yield pa.date32(), lambda: rng.choice([-2440588, 2145042905, 0, 20000, 2**31 - 1, -2**31])
    yield pa.date64(), lambda: rng.randint(-10**6, 10**6) * 86400000
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
    for unit, factor in per_second.items():
        time = pa.time32(unit) if unit in ("s", "ms") else pa.time64(unit)
        yield time, lambda factor=factor: rng.randrange(86400 * factor)
        for zone in (None, "UTC", "Europe/Paris", "+02:00"):
            span = min(9 * 10**12 * factor, 2**63 - 1)
            yield pa.timestamp(unit, zone), lambda span=span: rng.randint(-210866803200 * per_second["s"], span // 10) \
                if span < 10**13 else rng.randint(-span // 50, span)
        yield pa.duration(unit), lambda factor=factor: rng.randint(-9 * 10**9 * factor, 9 * 10**9 * factor) \
            if factor < 10**9 else rng.randint(-2**63, 2**63 - 1)
    yield pa.month_day_nano_interval(), lambda: pa.MonthDayNano(
        [rng.randint(-2**31, 2**31 - 1), rng.randint(-2**31, 2**31 - 1), rng.randint(-2**62, 2**62)])


def make_array(data_type, values):
    types = pa.types
    if types.is_timestamp(data_type) or types.is_time(data_type) or types.is_duration(data_type) or \
            types.is_date(data_type):
        width = pa.int32() if data_type.bit_width == 32 else pa.int64()
        return pa.array(values, width).view(data_type)
    if types.is_float16(data_type):
        bits = [None if v is None else struct.unpack("<h", struct.pack("<e", v))[0] for v in values]
        return from_bits(data_type, bits)
    if types.is_decimal(data_type):
        return from_bits(data_type, values)
    return pa.array(values, data_type)


def random_values(rng, generate, count, null_share):
    return [None if rng.random() < null_share else generate() for _ in range(count)]


# ---- cases: functions that raise ----

def case_each_type(bridge, rng):
    for data_type, generate in generators(rng):
        for null_share in (0, 0.2, 1):
            for count in (0, 1, 63, 64, 200):
                array = make_array(data_type, random_values(rng, generate, count, null_share))
                batch = pa.record_batch([array], ["column"])
                for flags in (0, WEIGHTS, TEXT_OFFSETS):
                    yield f"{data_type} x {count}, {null_share} NULL, flags {flags}", \
                        lambda batch=batch, flags=flags: expect(bridge, batch, flags=flags)


def case_slices(bridge, rng):
    for data_type, generate in generators(rng):
        array = make_array(data_type, random_values(rng, generate, 300, 0.2))
        for start, count in ((0, 300), (1, 299), (64, 128), (77, 100), (300, 0), (299, 1)):
            by_column = pa.record_batch([array.slice(start, count)], ["c"])
            by_batch = pa.record_batch([array], ["c"]).slice(start, count)
            inner = (count // 3, count // 2)
            yield f"{data_type} column slice {start}+{count}", lambda b=by_column: expect(bridge, b)
            yield f"{data_type} batch slice {start}+{count}", lambda b=by_batch: expect(bridge, b)
            yield f"{data_type} our slice {start}+{count}", lambda b=by_column, i=inner: expect(bridge, b, *i)


class AsStruct:
    """A struct array in the place of a record batch: with an offset of its own, and rows that are NULL."""

    def __init__(self, array):
        self.array = array
        self.schema = pa.schema(array.type)
        self.num_rows = len(array)

    def _export_to_c(self, array, schema):
        self.array._export_to_c(array, schema)

    def column(self, index):
        field = pa.StructArray.field(self.array, index)
        valid = self.array.is_valid()
        return pa.compute.if_else(valid, field.slice(self.array.offset, len(self.array))
                                  if len(field) != len(self.array) else field, None)


def case_struct_rows(bridge, rng):
    import pyarrow.compute  # noqa: F401
    for data_type, generate in ((pa.int64(), lambda: rng.randrange(100)), (pa.string(), lambda: random_text(rng)),
                                (pa.bool_(), lambda: rng.random() < 0.5), (pa.decimal128(20, 2), lambda: 125)):
        for null_share in (0, 0.3):
            column = make_array(data_type, random_values(rng, generate, 200, null_share))
            mask = pa.array([rng.random() < 0.3 for _ in range(200)])
            struct = pa.StructArray.from_arrays([column, column.slice(0)], ["a", "b"], mask=mask)
            for start, count in ((0, 200), (5, 150), (64, 64), (190, 10)):
                part = AsStruct(struct.slice(start, count))
                yield f"NULL structs of {data_type} {start}+{count}, {null_share} NULL", \
                    lambda part=part: expect(bridge, part)


def case_dictionaries(bridge, rng):
    for index_type in (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64()):
        for values in (pa.array(["x", "a longer text than twelve", None, ""]), pa.array([1, None, 3, 4]),
                       pa.array([True, None, False, True]), pa.array(["v", "view that is long enough"] * 2, pa.string_view())):
            for null_share in (0, 0.3):
                indices = pa.array(random_values(rng, lambda: rng.randrange(4), 150, null_share), index_type)
                array = pa.DictionaryArray.from_arrays(indices, values)
                sliced = pa.DictionaryArray.from_arrays(indices.slice(3, 100).filter(
                    pa.array([v is None or v < 2 for v in indices.slice(3, 100).to_pylist()])), values.slice(1, 3))
                for part in (array, array.slice(13, 70), sliced):
                    batch = pa.record_batch([part], ["d"])
                    yield f"dictionary of {values.type} by {index_type}", lambda batch=batch: expect(bridge, batch)
    empty = pa.DictionaryArray.from_arrays(pa.array([None, None], pa.int8()), pa.array([], pa.string()))
    yield "empty dictionary", lambda: expect(bridge, pa.record_batch([empty], ["d"]))


def case_shapes(bridge, rng):
    yield "no columns", lambda: expect(bridge, pa.record_batch([], schema=pa.schema([])))
    many = pa.record_batch([pa.array([i, None]) for i in range(1000)], [f"c{i}" for i in range(1000)])
    yield "a thousand columns", lambda: expect(bridge, many)
    names = pa.record_batch([pa.array([1]), pa.array([2])], ["", "na\u00efve \"quoted\""])
    yield "odd names", lambda: expect(bridge, names)
    big = pa.record_batch([pa.array(range(100000)), pa.array([str(i) * 5 for i in range(100000)])], ["n", "t"])
    yield "a large batch", lambda: expect(bridge, big)
    yield "a large batch as offsets", lambda: expect(bridge, big, 5, 99000, TEXT_OFFSETS)


def case_uuid(bridge, rng):
    if not hasattr(pa, "uuid"):
        return

    def check():
        values = [uuid.UUID(int=rng.getrandbits(128)).bytes for _ in range(50)] + [None]
        array = pa.ExtensionArray.from_storage(pa.uuid(), pa.array(values, pa.binary(16)))
        batch = pa.record_batch([array], ["u"])
        result = through(bridge, batch)
        assert result.column(0).type == pa.uuid(), result.column(0).type
        assert plain(result.column(0)) == values
    yield "uuid", check


def case_lifetime(bridge, rng):
    def check():
        before = pa.total_allocated_bytes()
        kept = []
        for _ in range(20):
            batch = pa.record_batch([pa.array([random_text(rng) for _ in range(500)], pa.string_view()),
                                     pa.array(range(500))], ["t", "n"])
            expected = batch.to_pydict()
            result = through(bridge, batch)
            del batch
            kept.append((result.column(0), result.column(1), expected))
            del result
        gc.collect()
        for text, number, expected in kept:
            assert text.to_pylist() == expected["t"] and number.to_pylist() == expected["n"]
        del kept, text, number, expected
        gc.collect()
        assert pa.total_allocated_bytes() == before, pa.total_allocated_bytes() - before
    yield "columns outlive their batch, and nothing leaks", check


def refused(action, *words):
    def check():
        try:
            action()
        except Refused as refusal:
            missing = [word for word in words if word not in str(refusal)]
            assert not missing, f"{refusal} does not say {missing}"
            return
        raise AssertionError("was taken")
    return check


def case_refusals(bridge, rng):
    def batch(array, name="bad"):
        return pa.record_batch([array], [name])

    def buffers(data_type, length, *parts):
        return pa.Array.from_buffers(data_type, length, [None if p is None else pa.py_buffer(p) for p in parts])

    def i32(*values):
        return b"".join(v.to_bytes(4, "little", signed=True) for v in values)

    for nested in (pa.array([[1]]), pa.array([{"a": 1}])):
        yield f"refused {nested.type}", refused(lambda a=nested: through(bridge, batch(a)), '"bad"')
    seconds = pa.array([0, 2**62], pa.int64())
    yield "timestamp overflow", refused(lambda: through(bridge, batch(seconds.view(pa.timestamp("s")))), "row 2", "bad")
    yield "timestamp beyond the calendar", refused(
        lambda: through(bridge, batch(pa.array([-2**62]).view(pa.timestamp("us")))), "row 1", "bad")
    yield "duration overflow", refused(lambda: through(bridge, batch(seconds.view(pa.duration("ms")))), "row 2")
    yield "date beyond the calendar", refused(
        lambda: through(bridge, batch(pa.array([2**62]).view(pa.date64()))), "row 1")
    yield "time beyond the day", refused(lambda: through(bridge, batch(pa.array([86401], pa.int32()).view(pa.time32("s")))))
    wide = pa.array([decimal.Decimal(10**40)], pa.decimal256(60, 0))
    yield "decimal of 41 digits", refused(lambda: through(bridge, batch(wide)), "numeric(38,0)", "row 1")
    for name, text in (("lone continuation", b"abc\x80"), ("surrogate", b"\xed\xa0\x80"), ("cut", b"ab\xe4\xb8"),
                       ("overlong", b"\xc0\xaf"), ("long and cut", b"a" * 30 + b"\xf0\x9f\x98")):
        for data_type in (pa.string(), pa.string_view(), pa.large_string()):
            array = pa.array([b"fine", text], pa.binary()).cast(
                {pa.string(): pa.binary(), pa.string_view(): pa.binary_view(), pa.large_string(): pa.large_binary()}[data_type]).view(data_type)
            yield f"UTF-8 {name} in {data_type}", refused(lambda a=array: through(bridge, batch(a)), "UTF-8", "row 2")
    for text in ("a\0", "\0" * 12, "ä\0", "long text with a zero byte\0", "\0" + "ä" * 20):
        for data_type in (pa.string(), pa.string_view(), pa.large_string()):
            yield f"zero byte in {data_type}", refused(lambda a=pa.array(["fine", text], data_type): through(bridge, batch(a)), "zero byte", "row 2")
    split = buffers(pa.string(), 2, None, i32(0, 1, 2), "\u00e9".encode())
    yield "a character over two texts", refused(lambda: through(bridge, batch(split)), "UTF-8", "row 1")
    yield "offsets that fall", refused(lambda: through(bridge, batch(buffers(pa.string(), 2, None, i32(0, 5, 2), b"abcde"))))
    outside = pa.DictionaryArray.from_arrays(pa.array([0, 9], pa.int8()), pa.array(["a"]), safe=False)
    yield "index outside the dictionary", refused(lambda: through(bridge, batch(outside)), "dictionary")
    negative = pa.DictionaryArray.from_arrays(pa.array([0, -1], pa.int8()), pa.array(["a"]), safe=False)
    yield "negative index", refused(lambda: through(bridge, batch(negative)), "dictionary")
    data = b"0123456789abcdefghij"

    def view(size, prefix, buffer, offset):
        return i32(size) + prefix + i32(buffer, offset)
    for name, bad in (("buffer", view(15, b"0123", 1, 0)), ("offset", view(15, b"0123", 0, 6)),
                      ("negative size", view(-1, b"0123", 0, 0)), ("prefix", view(15, b"0124", 0, 0)),
                      ("negative buffer", view(15, b"0123", -1, 0))):
        array = buffers(pa.string_view(), 1, None, bad, data)
        yield f"view with wrong {name}", refused(lambda a=array: through(bridge, batch(a)), "view", "row 1")
    not_null = pa.record_batch([pa.array([1, None])], pa.schema([pa.field("bad", pa.int64(), nullable=False)]))
    yield "NULL where none may be", refused(lambda: through(bridge, not_null), "bad")

    def garbage_under_null():
        array = buffers(pa.string_view(), 2, b"\x02", view(15, b"0123", 7, 0) + view(15, b"0123", 0, 0), data)
        assert through(bridge, batch(array)).column(0).to_pylist() == [None, "0123456789abcde"]
        array = buffers(pa.string_view(), 1, None, i32(2) + b"ab" + b"garbage..." , data)
        assert through(bridge, batch(array)).column(0).to_pylist() == ["ab"]
        array = pa.Array.from_buffers(pa.timestamp("s"), 2, [pa.py_buffer(b"\x02"), pa.py_buffer((2**62).to_bytes(8, "little") + bytes(8))])
        assert through(bridge, batch(array)).column(0).view(pa.int64()).to_pylist() == [None, 0]
        array = buffers(pa.string(), 2, b"\x01", i32(0, 2, 4), b"ok\xff\xff")
        assert through(bridge, batch(array)).column(0).to_pylist() == ["ok", None]
    yield "garbage under NULLs and padding", garbage_under_null

    def odd_addresses():
        data = pa.py_buffer(b"x" + b"".join(v.to_bytes(16, "little") for v in range(1, 5)))[1:]
        for data_type, width in ((pa.int64(), 8), (pa.decimal128(38, 0), 16), (pa.string_view(), 16), (pa.int32(), 4)):
            if data_type == pa.string_view():
                source = pa.py_buffer(b"x" + pa.array(["ab", "abcdefghijkl"], data_type).buffers()[1].to_pybytes()[:32])[1:]
            else:
                source = data
            array = pa.Array.from_buffers(data_type, 2, [None, source])
            assert plain(through(bridge, batch(array)).column(0)) == plain(array), data_type
    yield "values at odd addresses", odd_addresses


def case_streams(bridge, rng):
    def check(flags):
        schema = pa.schema([("n", pa.int64()), ("t", pa.string()), ("d", pa.dictionary(pa.int8(), pa.string())),
                            ("at", pa.timestamp("ms", "UTC"))])
        batches = []
        for _ in range(20):
            count = rng.choice([0, 1, 100, 5000])
            batches.append(pa.record_batch([
                pa.array([rng.randrange(10**9) for _ in range(count)], pa.int64()),
                pa.array([random_text(rng) if rng.random() < 0.8 else None for _ in range(count)], pa.string()),
                pa.array([rng.choice("abc") for _ in range(count)], pa.string()).dictionary_encode().cast(schema.field(2).type),
                pa.array([rng.randrange(10**12) for _ in range(count)], pa.int64()).view(schema.field(3).type)], schema=schema))
        reader = pa.RecordBatchReader.from_batches(schema, batches)
        inner, outer = ctypes.create_string_buffer(STREAM_SIZE), ctypes.create_string_buffer(STREAM_SIZE)
        reader._export_to_c(ctypes.addressof(inner))
        status = bridge.arrow_bridge_stream(ctypes.addressof(inner), flags, ctypes.addressof(outer))
        assert status == 0, status
        result = pa.RecordBatchReader._import_from_c(ctypes.addressof(outer))
        got = list(result)
        del result
        gc.collect()
        assert len(got) == len(batches)
        for back, wanted in zip(got, batches):
            back.validate(full=True)
            for index in range(4):
                assert plain(back.column(index)) == plain(wanted.column(index))
    for flags in (0, WEIGHTS, TEXT_OFFSETS, WEIGHTS | TEXT_OFFSETS):
        yield f"stream of batches, flags {flags}", lambda flags=flags: check(flags)


def case_random(bridge, rng):
    kinds = list(generators(rng))
    for round_number in range(300):
        count, columns = rng.choice([1, 17, 64, 500]), []
        for data_type, generate in rng.sample(kinds, rng.randint(1, 8)):
            lead, trail = rng.choice([0, 0, 3, 64]), rng.choice([0, 5])
            array = make_array(data_type, random_values(rng, generate, lead + count + trail, rng.choice([0, 0.1, 0.9])))
            columns.append(array.slice(lead, count))
        batch = pa.record_batch(columns, [f"c{i}" for i in range(len(columns))])
        start = rng.randrange(count)
        part = batch.slice(start, rng.randint(0, count - start))
        ours = (0, -1) if rng.random() < 0.5 else (part.num_rows // 3, part.num_rows // 2)
        yield f"random batch {round_number}", \
            lambda part=part, ours=ours, flags=rng.randrange(4): expect(bridge, part, *ours, flags)


def main():
    bridge = load(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    rng = random.Random(seed)
    passed = failed = 0
    for case in (case_each_type, case_slices, case_struct_rows, case_dictionaries, case_shapes, case_uuid,
                 case_lifetime, case_refusals, case_streams, case_random):
        for name, check in case(bridge, rng):
            try:
                check()
                passed += 1
            except Exception as error:  # a fault of any kind is a failed case
                failed += 1
                print(f"FAILED {case.__name__}: {name}: {type(error).__name__}: {error}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
