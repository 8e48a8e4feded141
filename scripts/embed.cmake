# The file INPUT as a C string NAME in OUTPUT, so that nothing has to be found at run time.
file(READ ${INPUT} text)
string(REPLACE "\\" "\\\\" text "${text}")
string(REPLACE "\"" "\\\"" text "${text}")
string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
file(WRITE ${OUTPUT} "/* made from ${INPUT} */\nextern const char ${NAME}[];\nconst char ${NAME}[] =\n    \"${text}\";\n")
