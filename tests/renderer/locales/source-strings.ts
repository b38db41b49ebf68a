import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeTypes, parse, type RootNode, type TemplateChildNode } from '@vue/compiler-dom';

const ROOT = 'src/renderer';

export type Source = { file: string; text: string };

/** Every file of the window's code. */
export function sources(): Source[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.vue') || file.endsWith('.ts'))
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
}

/** The template of a component, as a tree; null for code without one. */
export function templateOf({ file, text }: Source): RootNode | null {
  if (!file.endsWith('.vue')) return null;
  const start = text.indexOf('\n<template>');
  if (start < 0) return null;
  return parse(text.slice(start, text.lastIndexOf('</template>') + '</template>'.length));
}

/** Attributes whose value a person reads or hears. */
const READ_ATTRIBUTES = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'description',
  'help',
  'hint',
  'label',
  'legend',
  'placeholder',
  'text',
  'title',
]);
const WORD = /\p{L}{2,}/u;
/** A key of a message file, such as `runs.empty.title`. */
const KEY = new RegExp(
  `^(?:${readdirSync(`${ROOT}/locales/en`)
    .map((file) => file.replace('.json', ''))
    .join('|')})(?:\\.[\\w-]+)+$`,
);

/** What of a template is written in a language instead of standing in the message files. */
export function literalsOf(node: RootNode | TemplateChildNode): string[] {
  if (node.type === NodeTypes.TEXT) return WORD.test(node.content) ? [node.content.trim()] : [];
  if (node.type === NodeTypes.INTERPOLATION) return wordsIn(node.content.loc.source);
  if (node.type === NodeTypes.ELEMENT) {
    return [
      ...node.props.flatMap((prop) => {
        if (prop.type === NodeTypes.ATTRIBUTE) {
          const text = prop.value?.content ?? '';
          return READ_ATTRIBUTES.has(prop.name) && WORD.test(text) ? [text] : [];
        }
        const name = prop.arg?.loc.source ?? '';
        return READ_ATTRIBUTES.has(name) ? wordsIn(prop.exp?.loc.source ?? '') : [];
      }),
      ...node.children.flatMap(literalsOf),
    ];
  }
  return 'children' in node ? (node.children as TemplateChildNode[]).flatMap(literalsOf) : [];
}

/** String literals with a word in them, besides keys, and what is compared or looked up by name. */
function wordsIn(expression: string): string[] {
  const rest = expression
    .replace(/\bt\(\s*(['"`])(?:(?!\1).)*\1/g, '')
    .replace(/[=!]==\s*(['"`])[^'"`]*\1/g, '')
    .replace(/\$\{[^}]*\}/g, '');
  return [...rest.matchAll(/(['"`])((?:(?!\1).)*)\1/g)]
    .map((match) => match[2] ?? '')
    .filter((text) => WORD.test(text) && !KEY.test(text));
}

/** Keys that code asks for or holds; `*` stands for what is filled in when it runs. */
export function keysIn({ text }: Source): string[] {
  const asked = [...text.matchAll(/\bt\(\s*(?:'([^']+)'|`([^`]+)`)/g)].map((match) =>
    (match[1] ?? match[2] ?? '').replace(/\$\{[^}]*\}/g, '*'),
  );
  const held = [...text.matchAll(/'([^'\n]+)'/g)]
    .map((match) => match[1] ?? '')
    .filter((literal) => KEY.test(literal));
  return [...new Set([...asked, ...held])];
}
