import type { ProtocolName } from '../../shared/api-protocol.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { RunConfig } from '../../shared/run-config.ts';

/**
 * What published runs of a protocol set otherwise than the method's defaults, as `path=value`:
 * CoOp and APT train shorter on fewer shots and on ImageNet, and cross-dataset runs train 5 epochs
 * (MaPLe 2 at depth 3; AdvVP at a rate of 30, the one of its 5-epoch settings).
 */
export function publishedSettings(
  protocol: ProtocolName,
  { method, dataset, shots }: Pick<RunConfig, 'method' | 'dataset' | 'shots'>,
): string[] {
  if (!METHODS[method].tuned) return [];
  if (method === 'coop' || method === 'apt') {
    if (shots === 1 || dataset.toLowerCase() === 'imagenet') return ['epochs=50'];
    return shots < 8 ? ['epochs=100'] : [];
  }
  if (protocol !== 'cross-dataset') return [];
  if (method === 'maple') return ['epochs=2', 'optimizer.learningRate=0.0026', 'prompts.depth=3'];
  if (method === 'advvp') return ['epochs=5', 'optimizer.learningRate=30'];
  return ['epochs=5'];
}
