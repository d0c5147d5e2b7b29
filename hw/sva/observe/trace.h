/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/trace-sva_hw_sva_observe.h"
