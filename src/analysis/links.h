/* links.h: a graph of few nodes taken apart: which hang together, and how.
 *
 * Nodes that links join, whichever way they point, are a cluster. It is
 *
 *     a chain      if no node has more than one link from it and one link to it, and there is a beginning;
 *                  a node without links is a chain of one
 *     a loop       the same without a beginning: n nodes, n links; two that point at each other are one
 *     branched     otherwise */
#ifndef VT_LINKS_H
#define VT_LINKS_H

#include "analysis/near.h"

enum vt_links_kind { VT_LINKS_CHAIN, VT_LINKS_BRANCHED, VT_LINKS_LOOP, VT_LINKS_KINDS };

struct vt_links {
    int n;
    struct vt_links_node {
        int root;       /* of its cluster: the node of the lowest index */
        int size, kind; /* of the cluster whose root it is */
        int in, out, links;
    } * node;
    size_t capacity;
};

/* Each link stands in the list once. Local. */
enum vt_status vt_links_sort(struct vt_links *links, int n, const struct vt_near_list *list);
void vt_links_release(struct vt_links *links);

#endif
