import DOMPurify from 'dompurify';
import { marked } from 'marked';

/**
 * Markdown as safe HTML: no scripts, no styles, and no images, since a picture's address would be
 * asked for over the network as soon as a note is shown.
 */
export function renderMarkdown(text: string): string {
  const html = marked.parse(text, { async: false, gfm: true, breaks: true });
  return DOMPurify.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['img', 'picture', 'video', 'audio', 'source', 'style', 'form', 'input', 'button'],
    FORBID_ATTR: ['style'],
  });
}
