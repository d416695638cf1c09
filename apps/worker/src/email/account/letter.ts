/** A mail as a person reads it. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** What a letter says. Plain text throughout: it is escaped where it becomes HTML. */
export interface LetterParts {
  subject: string;
  paragraphs: readonly string[];
  /** What to do about it. */
  link?: { label: string; url: string } | undefined;
  /** What to do if one does not know what this is about. */
  footer: string;
}

/**
 * The same letter as text and as HTML. One column without pictures, style sheets or anything from elsewhere: nothing
 * is loaded when it is opened, so nobody learns that it was.
 */
export function letter({ subject, paragraphs, link, footer }: LetterParts): Letter {
  const text = [...paragraphs, ...(link === undefined ? [] : [link.url]), footer].join('\n\n');
  return { subject, text: `${text}\n`, html: html({ subject, paragraphs, link, footer }) };
}

function html({ subject, paragraphs, link, footer }: LetterParts): string {
  const style = 'font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em; margin: 2em auto';
  const button = 'display: inline-block; padding: 0.6em 1.2em; border-radius: 4px; background: #1a4fa3; color: #ffffff';
  const body = [
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(link === undefined
      ? []
      : [
          `<p><a href="${escapeHtml(link.url)}" style="${button}">${escapeHtml(link.label)}</a></p>`,
          `<p style="word-break: break-all">${escapeHtml(link.url)}</p>`,
        ]),
    `<p style="color: #555555">${escapeHtml(footer)}</p>`,
  ];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="${style}">
${body.join('\n')}
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that means itself inside an element and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
