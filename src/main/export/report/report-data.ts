import type { MethodName } from '../../../shared/run-config.ts';
import type { DemoNumbers } from '../../api/demo-summary.ts';

/** Everything the report shows; rendering needs nothing else. */
export type ReportData = {
  numbers: DemoNumbers;
  /** Sentences about how to read the numbers: demo, clusters. */
  cautions: string[];
  facts: Fact[];
  curves: MethodCurves[];
  stability: StabilityRow[];
  images: ReportImage[];
  /** How the images were chosen. */
  imageRule: string;
  /** The end of the one colour scale of all maps, image and words, in score units. */
  scaleLimit: number;
};

/** A line of the protocol: `epsilon`, `1/255 of the pixel range`. */
export type Fact = { name: string; value: string };

export type Point = [x: number, y: number];

export type MethodCurves = {
  method: MethodName;
  title: string;
  seed: number;
  /** By step; the total and each term as logged, unweighted. */
  series: { name: string; points: Point[] }[];
  /** Share of the gradient norm by epoch of each weighted term. */
  shares: { term: string; points: Point[] }[];
  /** Terms that stayed under the share that counts. */
  weak: string[];
};

/** Mean drift of the maps under each method's own attack, over the attacked images. */
export type StabilityRow = {
  title: string;
  n: number;
  imageL2: number;
  textKl: number;
};

export type ReportImage = {
  id: string;
  trueClass: string;
  /** Why this one: `first on which the two disagree under attack`. */
  reason: string;
  /** One a method, in one order for all images. */
  methods: ReportImageMethod[];
};

export type ReportImageMethod = {
  title: string;
  targetText: string;
  tokens: string[];
  drift: { imageL2: number; textKl: number };
  clean: ReportView;
  adversarial: ReportView;
};

export type ReportView = {
  /** PNG as data URI. */
  picture: string;
  overlay: string;
  /** One value a token. */
  words: number[];
  predicted: string;
  /** Logit of the true class minus the best other. */
  margin: number;
  isRight: boolean;
  top: { name: string; logit: number }[];
};
