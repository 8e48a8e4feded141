/* links.c: see links.h. */
#include "analysis/links.h"

#include "core/memory.h"

static int root_of(struct vt_links_node *node, int i)
{
    while (node[i].root != i) i = node[i].root = node[node[i].root].root;
    return i;
}

enum vt_status vt_links_sort(struct vt_links *links, int n, const struct vt_near_list *list)
{
    VT_TRY(vt_renew(&links->node, &links->capacity, (size_t)n + 1));
    struct vt_links_node *node = links->node;
    links->n = n;
    for (int i = 0; i < n; i++) node[i] = (struct vt_links_node){.root = i, .kind = VT_LINKS_CHAIN};
    for (int64_t k = 0; k < list->n; k++) {
        int i = list->pair[k].from, j = list->pair[k].to, a = root_of(node, i), b = root_of(node, j);
        node[i].out++;
        node[j].in++;
        node[a > b ? a : b].root = a > b ? b : a;
    }
    for (int i = 0; i < n; i++) {
        struct vt_links_node *root = &node[node[i].root = root_of(node, i)];
        root->size++;
        root->links += node[i].out;
        if (node[i].in > 1 || node[i].out > 1) root->kind = VT_LINKS_BRANCHED;
    }
    for (int i = 0; i < n; i++)
        if (node[i].root == i && node[i].kind == VT_LINKS_CHAIN && node[i].links == node[i].size)
            node[i].kind = VT_LINKS_LOOP;
    return VT_OK;
}

void vt_links_release(struct vt_links *links)
{
    free(links->node);
}
