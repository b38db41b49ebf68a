import type { ComparedBlock, SidesReport } from '../../shared/api/compare.ts';
import { describeAttack } from '../../shared/attack.ts';

export type BlockName = 'robust' | 'natural';

/** What the numbers of a block were measured by, in English, as it stands under an exported figure. */
export function protocolSentence(report: SidesReport, name: BlockName, block: ComparedBlock) {
  const { a, b, attack } = report;
  const how = name === 'robust' && attack ? describeAttack(attack) : 'no attack';
  const clusters = block.bootstrap.clustered ? `, in ${block.bootstrap.clusters} clusters` : '';
  return (
    `${sidesOf(report)}; ${how}; n = ${block.n} test images${clusters}; ` +
    `${where(a)}${where(a) === where(b) ? '' : ` and ${where(b)}`}${report.demo ? '; demo numbers' : ''}.`
  );
}

/** What the curves of two trainings are about, in English. */
export function trainingSentence(report: SidesReport): string {
  const { b } = report;
  return `${sidesOf(report)}; as recorded while training on ${where(b)}, unsmoothed${report.demo ? '; demo numbers' : ''}.`;
}

/** The sides and where they were trained, in English: for what was not measured. */
export function sidesSentence(report: SidesReport): string {
  return `${sidesOf(report)}; ${where(report.b)}.`;
}

function sidesOf({ a, b }: SidesReport): string {
  const side = (letter: string, { title, runs }: SidesReport['a']) =>
    `${letter}: ${title} (${runs.length === 1 ? 'seed' : 'seeds'} ${runs.map(({ seed }) => seed).join(', ')})`;
  return `${side('A', a)}; ${side('B', b)}`;
}

function where({ dataset, model, shots }: SidesReport['a']): string {
  return `${dataset}, ${model}, ${shots} ${shots === 1 ? 'shot' : 'shots'}`;
}
