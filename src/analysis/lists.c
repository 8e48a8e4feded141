/* lists.c: which kernels and operators there are: kernels.def and operators.def. */
#include "analysis/kernel.h"
#include "analysis/operator.h"

#define VT_KERNEL(name) extern const struct vt_kernel vt_kernel_##name;
#include "analysis/kernels.def"
#undef VT_KERNEL
#define VT_OPERATOR(name) extern const struct vt_operator vt_operator_##name;
#include "analysis/operators.def"
#undef VT_OPERATOR

const struct vt_kernel *const *vt_kernel_list(void)
{
    static const struct vt_kernel *const list[] = {
#define VT_KERNEL(name) &vt_kernel_##name,
#include "analysis/kernels.def"
#undef VT_KERNEL
        NULL};
    return list;
}

const struct vt_operator *const *vt_operator_list(void)
{
    static const struct vt_operator *const list[] = {
#define VT_OPERATOR(name) &vt_operator_##name,
#include "analysis/operators.def"
#undef VT_OPERATOR
        NULL};
    return list;
}
