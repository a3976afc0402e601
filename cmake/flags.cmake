# SPDX-License-Identifier: Apache-2.0
# weir_flags: how every file of ours is compiled and linked.
add_library(weir_flags INTERFACE)
target_include_directories(weir_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include)
target_compile_definitions(weir_flags INTERFACE _GNU_SOURCE $<$<CONFIG:Debug>:WEIR_DEBUG>)
target_compile_options(weir_flags INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wvla -Wundef -Wpointer-arith
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes> $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
  -Wno-unused-parameter -Wno-missing-field-initializers
  $<$<C_COMPILER_ID:GNU>:-Wno-format-overflow> # our formats take an empty slice, data NULL
  # TRY leaves a function before an output that was not filled is read; gcc cannot see that.
  $<$<C_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  -fvisibility=hidden -fno-strict-aliasing -fstack-protector-strong -ffunction-sections -fdata-sections
  -ffp-contract=off) # a result must not depend on which CPU fused a multiply and an add
target_link_options(weir_flags INTERFACE -Wl,-z,relro -Wl,-z,now)

if(WEIR_SANITIZE)
  target_compile_options(weir_flags INTERFACE
    -fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  string(REPLACE "fuzzer-no-link," "" link_sanitize "${WEIR_SANITIZE}")
  target_link_options(weir_flags INTERFACE -fsanitize=${link_sanitize})
else()
  target_compile_options(weir_flags INTERFACE $<$<CONFIG:Release>:-fstack-clash-protection>)
  target_compile_definitions(weir_flags INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()

# A kernel variant for one CPU level is a file of its own, reached only through a table chosen at run time.
set(WEIR_AVX2_FLAGS -mavx2 -mbmi2 -mfma)
set(WEIR_AVX512_FLAGS ${WEIR_AVX2_FLAGS} -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vbmi2)
function(weir_set_cpu_flags)
  foreach(source IN LISTS ARGN)
    if(source MATCHES "_avx2\\.c$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${WEIR_AVX2_FLAGS}")
    elseif(source MATCHES "_avx512\\.c$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${WEIR_AVX512_FLAGS}")
    endif()
  endforeach()
endfunction()
