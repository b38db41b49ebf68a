import { availableParallelism } from 'node:os';

/**
 * Environment variables that the engine's process must be born with: TensorFlow reads them once,
 * when its library is loaded. The parent adds them to its own environment when it spawns.
 *
 * No malloc settings are among them: TensorFlow 2.19.1 keeps freed tensors for reuse by itself
 * (at most 1 page fault an elementwise op on 4, 16 and 64 MB tensors, with and without
 * `MALLOC_MMAP_THRESHOLD_`, `MALLOC_TRIM_THRESHOLD_`, `MALLOC_TOP_PAD_`, and equal times).
 */
export function engineEnvironment(
  threads: number = availableParallelism(),
): Record<string, string> {
  return {
    // One op at a time runs on all threads: eager ops never overlap.
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: String(threads),
    // Errors only. TensorFlow's information lines would fill the log of every run.
    TF_CPP_MIN_LOG_LEVEL: '2',
    // A GPU's memory is taken as needed, so that two runs, or a run and a screen, can share it.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  };
}
