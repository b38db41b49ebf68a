/** What decides how hard a picture is to recognise. Change these to redraw a dataset. */
export interface Difficulty {
  /** Longest side of the drawing as a share of the frame. */
  readonly size: readonly [number, number];
  /** Rotations are uniform within this many degrees either way ... */
  readonly rotation: number;
  /** ... but for this share of pictures, which turn up to `wideRotation`. */
  readonly wideRotationShare: number;
  readonly wideRotation: number;
  /** Share of the drawing's size that may lie outside the frame. */
  readonly overhang: number;
  /** Hue turns within this many degrees, saturation and brightness within these factors. */
  readonly hue: number;
  readonly saturation: readonly [number, number];
  readonly brightness: readonly [number, number];
  /** Number of shapes behind the drawing, at least and at most. */
  readonly clutterBehind: readonly [number, number];
  /** Number of small shapes over the drawing, at least and at most. */
  readonly clutterOver: readonly [number, number];
  /** Least distance (RGB, 0..441) between the drawing's mean colour and the background's. */
  readonly contrast: number;
}

/** Gentle: the small CLIP has to learn what things look like in about 90 minutes. */
export const PRETRAINING_DIFFICULTY: Difficulty = {
  size: [0.45, 0.95],
  rotation: 25,
  wideRotationShare: 0.1,
  wideRotation: 60,
  overhang: 0.08,
  hue: 10,
  saturation: [0.75, 1.2],
  brightness: [0.8, 1.15],
  clutterBehind: [0, 4],
  clutterOver: [0, 1],
  contrast: 70,
};

export const FEW_SHOT_DIFFICULTY: Difficulty = {
  size: [0.5, 0.95],
  rotation: 25,
  wideRotationShare: 0.1,
  wideRotation: 60,
  overhang: 0.08,
  hue: 15,
  saturation: [0.7, 1.25],
  brightness: [0.75, 1.2],
  clutterBehind: [0, 5],
  clutterOver: [0, 1],
  contrast: 60,
};
