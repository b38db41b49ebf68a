import { z } from 'zod';
import { evaluationOptionsOf } from './evaluation-options.ts';
import { METHODS } from './method-catalogue.ts';
import { ATTACKED } from './method-option-rows.ts';
import { optionsOf } from './method-options.ts';
import { CODE_SOURCES, formatReference, REFERENCES, toBibtex } from './method-references.ts';
import { type MethodName, methodNameSchema } from './run-config.ts';
import type { SettingValue } from './setting-paths.ts';

const valueSchema = z.union([z.string(), z.number(), z.boolean()]).nullable();
const optionSchema = z.strictObject({
  path: z.string(),
  label: z.string(),
  unit: z.string().optional(),
  default: valueSchema,
  paper: valueSchema,
  code: valueSchema,
  reason: z.string(),
});

/** All that is known of a method, as `fapt methods --json` prints it. */
export const methodSheetSchema = z.strictObject({
  name: methodNameSchema,
  title: z.string(),
  year: z.int(),
  citations: z.array(z.string()),
  bibtex: z.array(z.string()),
  /** The code that was read for the code column; null for none. */
  code: z.string().nullable(),
  learner: z.string(),
  /** The training attack of the defaults; null where nothing is attacked while training. */
  attack: z.string().nullable(),
  objective: z.string(),
  terms: z.array(z.string()),
  options: z.array(
    optionSchema.extend({
      depth: z.enum(['basic', 'loss', 'expert']),
      choices: z.array(z.string()).readonly().optional(),
    }),
  ),
  evaluation: z.array(optionSchema),
});
export type MethodSheet = z.infer<typeof methodSheetSchema>;
export const methodSheetsSchema = z.strictObject({ methods: z.array(methodSheetSchema) });

/** A method with its citation, training attack and options. */
export function methodSheet(name: MethodName): MethodSheet {
  const { title, year, learner, objective, terms } = METHODS[name];
  return {
    name,
    title,
    year,
    citations: REFERENCES[name].map(formatReference),
    bibtex: REFERENCES[name].map(toBibtex),
    code: formatCode(name),
    learner,
    attack: trainingAttackOf(name),
    objective,
    terms,
    options: optionsOf(name),
    evaluation: evaluationOptionsOf(name),
  };
}

/** `PGD-2 on cross-entropy, eps 1/255, step 1/255`; null where nothing is attacked. */
function trainingAttackOf(name: MethodName): string | null {
  if (!(ATTACKED as readonly MethodName[]).includes(name)) return null;
  const { steps, loss, epsilon, stepSize } = METHODS[name].defaults.attack;
  const climbed = { ce: 'cross-entropy', kl: 'KL(clean, adversarial)' }[loss];
  return `PGD-${steps} on ${climbed}, eps ${inPixels(epsilon)}, step ${inPixels(stepSize)}`;
}

function formatCode(name: MethodName): string | null {
  const source = CODE_SOURCES[name];
  if (!source) return null;
  return `${source.name}, commit ${source.commit}${source.note ? ` (${source.note})` : ''}`;
}

/** A value of an option for people; `silent` stands for null. */
export function formatSetting(
  value: SettingValue | null,
  unit: string | undefined,
  silent: string,
): string {
  if (value === null) return silent;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number' && unit === '1/255') return inPixels(value);
  return `${value}`;
}

/** `0.6667/255` for two thirds of a pixel step. */
function inPixels(value: number): string {
  return `${Number((value * 255).toPrecision(4))}/255`;
}
