import type { Command } from 'commander';
import { z } from 'zod';
import { modelReportSchema } from '../../../shared/engine-contract.ts';
import { describeOrigin } from '../../models/model-role.ts';
import type { ModelRow } from '../../store/models.ts';
import type { Cli } from './cli.ts';
import { usageError } from './options.ts';

export const modelDocument = z.strictObject({
  name: z.string(),
  path: z.string(),
  layout: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  bundled: z.boolean(),
  report: modelReportSchema,
});

/** A model as `--json` prints it. */
export const documentOf = ({ id: _, createdAt: __, ...model }: ModelRow) => model;

export type TowerOptions = { base?: string; role?: string };

/** `--base NAME --role image-tower`: each is nothing without the other. */
export function addTowerOptions(command: Command): Command {
  return command
    .option('--base <name>', 'the model whose image tower these weights replace')
    .option('--role <role>', 'image-tower: these weights are an image tower alone');
}

/** The base of an image tower. @throws FaptError `usage`, `model-unknown` */
export async function baseOf(
  { base, role }: TowerOptions,
  named: (name: string) => Promise<ModelRow>,
): Promise<ModelRow | undefined> {
  if (role !== undefined && role !== 'image-tower') {
    throw usageError(`--role must be image-tower, not "${role}".`);
  }
  if ((base === undefined) !== (role === undefined)) {
    throw usageError('--base NAME and --role image-tower belong together.');
  }
  return base === undefined ? undefined : named(base);
}

/** Says what was added. */
export function printAdded(cli: Cli, row: ModelRow): void {
  cli.print(`Added model "${row.name}" (${row.path}).`);
  cli.print(describeModel(row));
  cli.emit(modelDocument, documentOf(row));
}

/** A model in a few lines. */
export function describeModel(row: ModelRow): string {
  const { report } = row;
  const lines = [
    `image tower  ${report.imageSize} px, patch ${report.patchSize}, width ${report.imageWidth}, ${report.imageBlocks} blocks, ${report.imageHeads} heads`,
    `text tower   ${report.contextLength} tokens of ${report.vocabularySize}, width ${report.textWidth}, ${report.textBlocks} blocks, ${report.textHeads} heads`,
    `embedding    ${report.embeddingWidth}, logit scale ${report.logitScale.toFixed(2)}, ${(report.parameterCount / 1e6).toFixed(2)} M parameters (${report.dtypes.join(', ')})`,
    `tokenizer    ${report.tokenizer}`,
  ];
  const origin = describeOrigin(row);
  if (origin) lines.push(`made         ${origin}`);
  if (report.selfTest) lines.push('self-test    finite logits, the same twice');
  return [...lines, ...report.notes].join('\n');
}
