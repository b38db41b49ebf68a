import { readPicture } from '../datasets/read-picture.ts';
import { miniature } from '../datasets/resemblance.ts';
import { drawThumbnail } from '../datasets/thumbnail.ts';
import { pictureSize } from './picture-size.ts';

/** Everything that opens a picture a person brought. The first argument of each is the file. */
export const PICTURE_TASKS = {
  read: readPicture,
  size: pictureSize,
  miniature,
  thumbnail: drawThumbnail,
};
export type PictureTasks = typeof PICTURE_TASKS;

/** What the process is told and answers (decode-apart.ts). */
export type PictureOrder = {
  [Task in keyof PictureTasks]: { id: number; task: Task; args: Parameters<PictureTasks[Task]> };
}[keyof PictureTasks];
export type PictureAnswer =
  | { ready: true }
  | { id: number; result: unknown }
  | { id: number; failure: { code: string; message: string } };
