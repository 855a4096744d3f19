// A plain loop compiled three times: the loader picks the copy for the processor.
#pragma once

#define BIGDL_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
