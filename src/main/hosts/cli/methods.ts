import type { Command } from 'commander';
import { FaptError } from '../../../shared/errors.ts';
import {
  formatSetting,
  type MethodSheet,
  methodSheet,
  methodSheetsSchema,
} from '../../../shared/method-sheet.ts';
import { METHOD_NAMES, type MethodName } from '../../../shared/run-config.ts';
import { nearest } from '../../api/nearest.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { formatTable } from './table.ts';

const HEAD = ['method', 'title', 'year', 'learns', 'trained against', 'loss'];
const OPTION_HEAD = ['option', 'default', 'paper', 'code', 'reason'];

/** `fapt methods`: every method, or one with its options and where their values come from. */
export function registerMethods(program: Command): void {
  addCommand(
    program,
    'methods [name]',
    'every method, or one with its citation and options',
  ).action(
    withCli(async (cli, _options: CommonOptions, name?: string) => {
      const methods = (name === undefined ? METHOD_NAMES : [known(name)]).map(methodSheet);
      cli.print(name === undefined ? describeAll(methods) : methods.map(describeOne).join('\n'));
      cli.emit(methodSheetsSchema, { methods });
    }),
  );
}

function known(name: string): MethodName {
  const found = METHOD_NAMES.find((method) => method === name.toLowerCase());
  if (found) return found;
  const near = nearest(name, [...METHOD_NAMES]).join(', ');
  throw new FaptError('usage', `There is no method "${name}"; near it are ${near}.`);
}

function describeAll(methods: MethodSheet[]): string {
  const rows = methods.map(({ name, title, year, learner, attack, objective }) => [
    name,
    title,
    `${year}`,
    learner,
    attack ?? '-',
    objective,
  ]);
  return `${formatTable(HEAD, rows)}\nOne method's citation and options: fapt methods NAME`;
}

function describeOne(method: MethodSheet): string {
  return [
    `${method.title} (${method.name}), ${method.year}`,
    ...method.citations,
    `learns: ${method.learner}`,
    `trained against: ${method.attack ?? 'nothing'}`,
    `loss: ${method.objective}`,
    `code: ${method.code ?? 'none read'}`,
    '',
    optionTable(method.options, 'given with the run'),
    '',
    'evaluation',
    optionTable(method.evaluation, '-'),
    '',
    ...method.bibtex,
  ].join('\n');
}

function optionTable(options: MethodSheet['evaluation'], given: string): string {
  const rows = options.map(({ path, unit, paper, code, reason, ...option }) => [
    path,
    formatSetting(option.default, unit, given),
    formatSetting(paper, unit, 'not stated'),
    formatSetting(code, unit, 'not stated'),
    reason,
  ]);
  return formatTable(OPTION_HEAD, rows);
}
