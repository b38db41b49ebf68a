/** How far a piece of work has come. */
export type ProgressEvent = {
  /** What is being done, in the words of a person: `train cba-fapt seed 1`. */
  stage: string;
  done: number;
  total: number;
  /** The latest number worth seeing: `loss 1.234`. */
  detail?: string;
};

export type ReportProgress = (event: ProgressEvent) => void;
