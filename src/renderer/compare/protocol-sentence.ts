import type { ComparedBlock, SidesReport } from '../../shared/api/compare.ts';
import { describeAttack } from '../../shared/attack.ts';

export type BlockName = 'robust' | 'natural';

/** What the numbers of a block were measured by, in English, as it stands under an exported figure. */
export function protocolSentence(report: SidesReport, name: BlockName, block: ComparedBlock) {
  const { a, b, attack } = report;
  const how = name === 'robust' && attack ? describeAttack(attack) : 'no attack';
  const seeds = (side: SidesReport['a']) => side.runs.map(({ seed }) => seed).join(', ');
  const clusters = block.bootstrap.clustered ? `, in ${block.bootstrap.clusters} clusters` : '';
  return (
    `A: ${a.title} (seeds ${seeds(a)}); B: ${b.title} (seeds ${seeds(b)}); ${how}; ` +
    `n = ${block.n} test images${clusters}; ${where(a)}${where(a) === where(b) ? '' : ` and ${where(b)}`}` +
    `${report.demo ? '; demo numbers' : ''}.`
  );
}

function where({ dataset, model, shots }: SidesReport['a']): string {
  return `${dataset}, ${model}, ${shots} ${shots === 1 ? 'shot' : 'shots'}`;
}
