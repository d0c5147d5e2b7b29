/*
 * Requests that a function sends, each one counted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_REQUEST_H
#define HW_SVA_ENDPOINT_REQUEST_H

#include "function.h"

/*
 * All of them count for @owner and send whatever the enables say: it is the
 * caller's duty to ask sva_function_may_send() and the like before.
 */

/*
 * Translation request; @rights are those that count as granted, @final as in
 * SvaRequest.
 */
void sva_request_translation(SvaFunction *fn, void *owner, SvaPasid pasid,
                             uint64_t page, uint8_t access, uint8_t rights,
                             bool final, SvaAtsCompletion *out);

/* Untranslated and translated memory requests. */
SvaDmaResult sva_request_dma(SvaFunction *fn, void *owner,
                             const SvaDmaRequest *req, void *buf,
                             size_t len);
SvaDmaResult sva_request_translated(SvaFunction *fn, void *owner,
                                    uint64_t pa, void *buf, size_t len,
                                    bool write);

/* Memory requests that the function has made itself (SvaPortOps.ram). */
void sva_request_made(SvaFunction *fn, void *owner, const SvaRam *ram);

/* Atomic request; @old becomes the word before, with SVA_OK only. */
SvaDmaResult sva_request_atomic(SvaFunction *fn, void *owner,
                                const SvaAtomicRequest *req, uint64_t *old);

void sva_request_page(SvaFunction *fn, void *owner,
                      const SvaPageRequest *req);
void sva_request_stop_marker(SvaFunction *fn, void *owner, SvaPasid pasid);

#endif
