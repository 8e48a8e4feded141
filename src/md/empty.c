/* */
typedef int vt_empty;
