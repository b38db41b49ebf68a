/** What one model makes of one image: a column of the figure. */
export type View = {
  /** `Clean`, `Attacked`, `Stabilised`. */
  title: string;
  method: string;
  /** PNG as data URI: what the model sees, and the map over it in grey. */
  picture: string;
  overlay: string;
  /** Words of the explained class's text; learned ones are marked by a dashed frame. */
  words: { text: string; learned: boolean; value: number }[];
  /** The largest logits, and the true class's. */
  logits: { name: string; value: number; isTrue: boolean }[];
  predicted: string;
  isRight: boolean;
};
