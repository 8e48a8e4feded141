/* voronoi_cell.cc: the C face of voro++, and the only C++ here: see voronoi_cell.h.
 *
 * voro++ 0.4.6 keeps corners at twice their place: its largest radius squared is four times that of the cell.
 */
#include "analysis/voronoi_cell.h"

#include <cmath>
#include <new>
#include <vector>
#include <voro++/voro++.hh>

struct vt_voronoi_cell {
    voro::voronoicell_neighbor cell;
    std::vector<int> neighbours, corners; /* corners of the faces: their number, then each */
    std::vector<double> places;
    std::vector<vt_voronoi_face> faces;
};

vt_voronoi_cell *vt_voronoi_create(void)
{
    try {
        return new vt_voronoi_cell;
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

void vt_voronoi_destroy(vt_voronoi_cell *cell)
{
    delete cell;
}

void vt_voronoi_begin(vt_voronoi_cell *c, double half)
{
    c->cell.init(-half, half, -half, half, -half, half);
}

bool vt_voronoi_cut(vt_voronoi_cell *c, const double d[3], double plane, int neighbour)
{
    return c->cell.nplane(d[0], d[1], d[2], plane, neighbour);
}

double vt_voronoi_reach_square(vt_voronoi_cell *c)
{
    return 0.25 * c->cell.max_radius_squared();
}

double vt_voronoi_volume(vt_voronoi_cell *c)
{
    return c->cell.volume();
}

/* The area of a polygon is half the length of the sum of cross products of successive corners. */
static vt_voronoi_face face_of(const std::vector<double> &places, const int *corner, int n, double least_edge)
{
    vt_voronoi_face face = {0, 0, 0};
    const double *first = &places[3 * static_cast<size_t>(corner[0])];
    double sum[3] = {0, 0, 0};
    for (int k = 0; k < n; k++) {
        const double *a = &places[3 * static_cast<size_t>(corner[k])],
                     *b = &places[3 * static_cast<size_t>(corner[(k + 1) % n])];
        double p[3], q[3], square = 0;
        for (int i = 0; i < 3; i++) {
            p[i] = a[i] - first[i], q[i] = b[i] - first[i];
            square += (b[i] - a[i]) * (b[i] - a[i]);
        }
        for (int i = 0; i < 3; i++)
            sum[i] += p[(i + 1) % 3] * q[(i + 2) % 3] - p[(i + 2) % 3] * q[(i + 1) % 3];
        face.edges += square >= least_edge * least_edge;
    }
    face.area = 0.5 * std::sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
    return face;
}

int vt_voronoi_faces(vt_voronoi_cell *c, double least_edge, const vt_voronoi_face **faces)
{
    try {
        c->cell.neighbors(c->neighbours);
        c->cell.face_vertices(c->corners);
        c->cell.vertices(c->places);
        c->faces.clear();
        size_t at = 0;
        for (int neighbour : c->neighbours) {
            int n = c->corners[at];
            vt_voronoi_face face = face_of(c->places, &c->corners[at + 1], n, least_edge);
            face.neighbour = neighbour;
            c->faces.push_back(face);
            at += static_cast<size_t>(n) + 1;
        }
    } catch (const std::bad_alloc &) {
        return -1;
    }
    *faces = c->faces.data();
    return static_cast<int>(c->faces.size());
}
