# SPDX-License-Identifier: Apache-2.0
# One object library per folder, in the order of src/LAYERS, the one list that also rules includes.
# A unit test links its own folder and those before it.
file(STRINGS src/LAYERS layer_lines REGEX "^[a-z]+ *\\|")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS src/LAYERS)

# add_folder(<name> <files...>): weir_<name> from the sources, <name>/<test> from the tests.
macro(add_folder folder)
  set(sources ${ARGN})
  set(tests ${ARGN})
  list(FILTER sources EXCLUDE REGEX "_test\\.c$")
  list(FILTER tests INCLUDE REGEX "_test\\.c$")
  if(sources)
    add_library(weir_${folder} OBJECT ${sources})
    target_link_libraries(weir_${folder} PUBLIC
      weir_flags PkgConfig::XXHASH PkgConfig::PCRE2 PkgConfig::UTF8PROC m)
    list(APPEND WEIR_OBJECTS weir_${folder})
    # Folders without loops over rows are kept small, for the library's two megabytes: -O3 and alignment give these little
    # (a push of one row 2 %, prepare 6 %).
    if(folder MATCHES "^(io|sql|plan|connect|flow|db)$" AND CMAKE_BUILD_TYPE STREQUAL "Release")
      target_compile_options(weir_${folder} PRIVATE -O2 -falign-functions=1 -fno-align-jumps -fno-align-loops)
    endif()
  endif()
  if(BUILD_TESTING AND CMOCKA_FOUND)
    foreach(test IN LISTS tests)
      get_filename_component(name ${test} NAME_WE)
      add_executable(${folder}_${name} ${test})
      target_link_libraries(${folder}_${name} PRIVATE ${WEIR_OBJECTS} PkgConfig::CMOCKA)
      add_test(NAME ${folder}/${name} COMMAND ${folder}_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    endforeach()
  endif()
endmacro()

set(WEIR_OBJECTS)
foreach(line IN LISTS layer_lines)
  string(REGEX REPLACE " *\\|.*" "" folder "${line}")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS src/${folder}/*.c)
  weir_set_cpu_flags(${files})
  add_folder(${folder} ${files})
endforeach()
