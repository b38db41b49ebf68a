import type { MethodName } from './run-config.ts';

/** A publication, enough for a BibTeX entry. */
export type Reference = {
  key: string;
  kind: 'article' | 'inproceedings';
  /** `Family, Given` each. */
  authors: string[];
  title: string;
  /** Journal or proceedings. */
  venue: string;
  year: number;
  volume?: string;
  number?: string;
  pages?: string;
};

/** Official code whose values stand in the option tables, at the commit that was read. */
export type CodeSource = { name: string; commit: string; note?: string };

const clip: Reference = {
  key: 'radford2021clip',
  kind: 'inproceedings',
  authors: [
    'Radford, Alec',
    'Kim, Jong Wook',
    'Hallacy, Chris',
    'Ramesh, Aditya',
    'Goh, Gabriel',
    'Agarwal, Sandhini',
    'Sastry, Girish',
    'Askell, Amanda',
    'Mishkin, Pamela',
    'Clark, Jack',
    'Krueger, Gretchen',
    'Sutskever, Ilya',
  ],
  title: 'Learning Transferable Visual Models from Natural Language Supervision',
  venue: 'International Conference on Machine Learning',
  year: 2021,
  pages: '8748--8763',
};

const coop: Reference = {
  key: 'zhou2022coop',
  kind: 'article',
  authors: ['Zhou, Kaiyang', 'Yang, Jingkang', 'Loy, Chen Change', 'Liu, Ziwei'],
  title: 'Learning to Prompt for Vision-Language Models',
  venue: 'International Journal of Computer Vision',
  year: 2022,
  volume: '130',
  number: '9',
  pages: '2337--2348',
};

const apt: Reference = {
  key: 'li2024apt',
  kind: 'inproceedings',
  authors: ['Li, Lin', 'Guan, Haoyan', 'Qiu, Jianing', 'Spratling, Michael'],
  title:
    'One Prompt Word Is Enough to Boost Adversarial Robustness for Pre-trained Vision-Language Models',
  venue: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
  year: 2024,
  pages: '24408--24419',
};

const vpt: Reference = {
  key: 'jia2022vpt',
  kind: 'inproceedings',
  authors: [
    'Jia, Menglin',
    'Tang, Luming',
    'Chen, Bor-Chun',
    'Cardie, Claire',
    'Belongie, Serge',
    'Hariharan, Bharath',
    'Lim, Ser-Nam',
  ],
  title: 'Visual Prompt Tuning',
  venue: 'European Conference on Computer Vision',
  year: 2022,
  pages: '709--727',
};

const tecoa: Reference = {
  key: 'mao2023tecoa',
  kind: 'inproceedings',
  authors: ['Mao, Chengzhi', 'Geng, Scott', 'Yang, Junfeng', 'Wang, Xin', 'Vondrick, Carl'],
  title: 'Understanding Zero-Shot Adversarial Robustness for Large-Scale Models',
  venue: 'International Conference on Learning Representations',
  year: 2023,
};

const maple: Reference = {
  key: 'khattak2023maple',
  kind: 'inproceedings',
  authors: [
    'Khattak, Muhammad Uzair',
    'Rasheed, Hanoona',
    'Maaz, Muhammad',
    'Khan, Salman',
    'Khan, Fahad Shahbaz',
  ],
  title: 'MaPLe: Multi-modal Prompt Learning',
  venue: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
  year: 2023,
  pages: '19113--19122',
};

const fap: Reference = {
  key: 'zhou2024fap',
  kind: 'inproceedings',
  authors: ['Zhou, Yiwei', 'Xia, Xiaobo', 'Lin, Zhiwei', 'Han, Bo', 'Liu, Tongliang'],
  title: 'Few-Shot Adversarial Prompt Learning on Vision-Language Models',
  venue: 'Advances in Neural Information Processing Systems',
  year: 2024,
  volume: '37',
  pages: '3122--3156',
};

const cbaFapt: Reference = {
  key: 'feng2026cbafapt',
  kind: 'inproceedings',
  authors: [
    'Feng, Jun',
    'Wu, Shuhong',
    'Sun, Hong',
    'Zhang, Pengfei',
    'Ren, Bocheng',
    'Zhang, Shunli',
  ],
  title:
    'Stabilizing Cross-Modal Bidirectional Attribution: Few-Shot Adversarial Prompt Tuning for Robust Vision-Language Models',
  venue: 'AAAI Conference on Artificial Intelligence',
  year: 2026,
};

const tga: Reference = {
  key: 'yu2024tga',
  kind: 'inproceedings',
  authors: ['Yu, Lu', 'Zhang, Haiyang', 'Xu, Changsheng'],
  title: 'Text-Guided Attention Is All You Need for Zero-Shot Robustness in Vision-Language Models',
  venue: 'Advances in Neural Information Processing Systems',
  year: 2024,
  volume: '37',
  pages: '96424--96448',
};

/** The publications of each method: its own first, then the one that made an adversarial variant of it. */
export const REFERENCES: Record<MethodName, readonly Reference[]> = {
  'zero-shot': [clip],
  coop: [coop],
  apt: [apt],
  vpt: [vpt],
  advvp: [tecoa, fap],
  advvlp: [fap],
  maple: [maple],
  advmaple: [maple, fap],
  fap: [fap],
  'cba-fapt': [cbaFapt],
  tecoa: [tecoa],
  tga: [tga],
};

const fapCode: CodeSource = { name: 'FAP', commit: '761a895' };

/** The code behind each method's values; null where none was read. */
export const CODE_SOURCES: Record<MethodName, CodeSource | null> = {
  'zero-shot': fapCode,
  coop: { name: 'CoOp', commit: 'ff61507' },
  apt: { name: 'APT', commit: 'c2e99e0' },
  vpt: null,
  advvp: { ...fapCode, note: 'it does not start as published: see docs/choices.md' },
  advvlp: fapCode,
  maple: { name: 'MaPLe', commit: '69bce21' },
  advmaple: fapCode,
  fap: fapCode,
  'cba-fapt': { ...fapCode, note: 'CBA-FAPT has published none; its experiments follow FAP' },
  tecoa: { name: 'TeCoA', commit: '1243db6' },
  tga: { name: 'TGA-ZSR', commit: '663fe57', note: 'it tunes the whole image encoder' },
};

/** `Zhou, Xia, Lin, Han and Liu 2024, Few-Shot ..., Advances in ...`. */
export function formatReference({ authors, title, venue, year }: Reference): string {
  const families = authors.map((author) => author.split(',')[0] as string);
  const last = families.pop() as string;
  const names =
    families.length > 4 ? `${families[0]} et al.` : `${families.join(', ')} and ${last}`;
  return `${names} ${year}. ${title}. ${venue}.`;
}

/** One BibTeX entry. */
export function toBibtex(reference: Reference): string {
  const { key, kind, authors, title, venue, year, volume, number, pages } = reference;
  const fields = {
    author: authors.join(' and '),
    title: `{${title}}`,
    [kind === 'article' ? 'journal' : 'booktitle']: venue,
    volume,
    number,
    pages,
    year: `${year}`,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name} = {${value}},`],
  );
  return [`@${kind}{${key},`, ...lines, '}'].join('\n');
}
