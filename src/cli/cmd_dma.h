/* cmd_dma.h: vitrum dma: mechanical spectra of dynamic mechanical analysis. */
#ifndef VT_CMD_DMA_H
#define VT_CMD_DMA_H

#include "core/status.h"

/* argv[0] is "dma". Local; for one rank. */
enum vt_status vt_cmd_dma(int argc, char **argv);

#endif
