/**
 * The bridge between the window and the application. The window of this version asks nothing of
 * the application, so nothing is exposed to it.
 */
export {};
