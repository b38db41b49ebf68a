import { METHODS } from '../../../shared/method-catalogue.ts';
import type { Cell } from '../../protocols/plan.ts';
import type { PreparedProtocol, ProtocolRequest } from '../../protocols/prepare.ts';
import { attackWords } from './attack-options.ts';

/** The words behind `fapt protocol` that make one run of it and nothing else. */
export function protocolWords(
  request: ProtocolRequest,
  { facts }: PreparedProtocol,
  { config, row }: Cell,
): string[] {
  const { protocol, preset, set, switches, attack } = request;
  const isAblation = protocol === 'ablation';
  const isCross = protocol === 'cross-dataset';
  return [
    protocol,
    ...(isAblation ? ['--rows', row] : ['--methods', config.method]),
    ...(switches ? ['--switches'] : []),
    ...(isCross ? ['--source', config.dataset] : []),
    '--datasets',
    isCross ? facts.datasets.join(',') : config.dataset,
    '--model',
    config.model,
    ...(METHODS[config.method].tuned ? ['--shots', `${config.shots}`] : []),
    '--seeds',
    `${config.seed}`,
    ...(preset ? ['--preset', preset] : []),
    ...set.flatMap((setting) => ['--set', setting]),
    ...attackWords(attack),
  ];
}
