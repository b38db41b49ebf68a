/**
 * Work of the demo with one seed, measured: seconds times GFLOP/s of the matrix product that
 * `doctor` times. It says how long the demo takes on a backend of another speed.
 */
const WORK_A_SEED = 60_000;

/** About how many seconds the demo takes. @param gflops as `doctor` measures it */
export function demoSeconds(gflops: number, seeds: number): number {
  return (WORK_A_SEED * seeds) / gflops;
}
