# Which commit is being built: header OUT with VT_COMMIT, of the checkout SOURCE. Run by every build, and written anew
# only when it changes, so that what a program says of itself is not that of the day when cmake was run.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty OUTPUT_VARIABLE commit
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define VT_COMMIT \"${commit}\"\n")
