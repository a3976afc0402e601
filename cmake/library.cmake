# SPDX-License-Identifier: Apache-2.0
# What users link: libweir.so and libweir.a with only the functions declared in weir.h,
# weir.pc, a CMake package; and the examples, built as a user would build them.

# The public names, read from the header.
set(exports ${CMAKE_BINARY_DIR}/weir.exports) # one name a line, for objcopy
set(version_script ${CMAKE_BINARY_DIR}/weir.map)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_command(OUTPUT ${exports} ${version_script}
  COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/cmake/exports.py
          ${CMAKE_SOURCE_DIR}/include/weir.h ${exports} ${version_script}
  DEPENDS cmake/exports.py include/weir.h VERBATIM)
add_custom_target(weir_exports DEPENDS ${exports} ${version_script})

add_library(weir_shared SHARED)
target_link_libraries(weir_shared PRIVATE ${WEIR_OBJECTS})
target_include_directories(weir_shared INTERFACE ${CMAKE_SOURCE_DIR}/include)
target_link_options(weir_shared PRIVATE -Wl,--version-script=${version_script} -Wl,--gc-sections)
if(NOT WEIR_SANITIZE)
  target_link_options(weir_shared PRIVATE -Wl,-z,defs)
endif()
# The tables of functions and casts are all addresses: as ranges they take a fiftieth of the room.
include(CheckLinkerFlag)
check_linker_flag(C -Wl,-z,pack-relative-relocs WEIR_PACKS_RELOCATIONS)
if(WEIR_PACKS_RELOCATIONS)
  target_link_options(weir_shared PRIVATE -Wl,-z,pack-relative-relocs)
endif()
set_target_properties(weir_shared PROPERTIES OUTPUT_NAME weir VERSION ${PROJECT_VERSION} SOVERSION 0
  LINK_DEPENDS ${version_script} PUBLIC_HEADER ${CMAKE_SOURCE_DIR}/include/weir.h)
add_dependencies(weir_shared weir_exports)

# One object with everything else made local: inside we keep short names, nothing of them escapes.
if(NOT WEIR_SANITIZE)
  set(archive ${CMAKE_BINARY_DIR}/libweir.a)
  set(objects)
  foreach(folder IN LISTS WEIR_OBJECTS)
    list(APPEND objects $<TARGET_OBJECTS:${folder}>)
  endforeach()
  add_custom_command(OUTPUT ${archive}
    COMMAND ${CMAKE_LINKER} -r -o weir.o ${objects}
    COMMAND ${CMAKE_OBJCOPY} --keep-global-symbols=${exports} weir.o
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${CMAKE_AR} rcs ${archive} weir.o
    COMMAND ${CMAKE_COMMAND} -E rm -f weir.o
    DEPENDS ${WEIR_OBJECTS} ${objects} ${exports}
    COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(weir_archive ALL DEPENDS ${archive})
  add_dependencies(weir_archive weir_exports)
  install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()

# weir.pc and weirConfig.cmake twice: for the installed tree, found relative to the file itself, and
# for the build tree, so that a user can try the library without installing it.
include(CMakePackageConfigHelpers)
file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
# Not Requires.private: pkg-config gives the compiler flags of what stands there to every user.
list(JOIN XXHASH_LDFLAGS " " xxhash_libs)
list(JOIN PCRE2_LDFLAGS " " pcre2_libs)
list(JOIN UTF8PROC_LDFLAGS " " utf8proc_libs)
set(WEIR_PRIVATE_LIBS "${xxhash_libs} ${pcre2_libs} ${utf8proc_libs}")
set(WEIR_PREFIX "\${pcfiledir}/${to_prefix}")
set(WEIR_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
set(WEIR_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
set(WEIR_RPATH "")
configure_file(cmake/weir.pc.in weir.pc @ONLY)
set(WEIR_PREFIX ${CMAKE_SOURCE_DIR})
set(WEIR_LIBDIR ${CMAKE_BINARY_DIR})
set(WEIR_INCLUDEDIR ${CMAKE_SOURCE_DIR}/include)
set(WEIR_RPATH "-Wl,-rpath,\${libdir} ") # programs find it where it was built
configure_file(cmake/weir.pc.in weir-uninstalled.pc @ONLY)
configure_file(cmake/weirConfig.cmake.in weirConfig.cmake @ONLY)
file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/cmake/weir /)
set(WEIR_LIBDIR "\${CMAKE_CURRENT_LIST_DIR}/${to_prefix}${CMAKE_INSTALL_LIBDIR}")
set(WEIR_INCLUDEDIR "\${CMAKE_CURRENT_LIST_DIR}/${to_prefix}${CMAKE_INSTALL_INCLUDEDIR}")
configure_file(cmake/weirConfig.cmake.in install/weirConfig.cmake @ONLY)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/weirConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS weir_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  PUBLIC_HEADER DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_BINARY_DIR}/weir.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_BINARY_DIR}/install/weirConfig.cmake ${CMAKE_BINARY_DIR}/weirConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/weir)

file(GLOB examples CONFIGURE_DEPENDS examples/*.c)
foreach(example IN LISTS examples)
  get_filename_component(name ${example} NAME_WE)
  add_executable(example_${name} ${example})
  target_compile_options(example_${name} PRIVATE -Wall -Wextra -Werror)
  target_link_libraries(example_${name} PRIVATE weir_shared)
  if(WEIR_SANITIZE)
    target_compile_options(example_${name} PRIVATE -fsanitize=${WEIR_SANITIZE})
    target_link_options(example_${name} PRIVATE -fsanitize=${WEIR_SANITIZE})
  endif()
endforeach()
