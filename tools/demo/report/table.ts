/** A cell; numbers stand on the right. */
export type Cell = string | number;

const LINE_WIDTH = 110;

/** Rows under headings, as lines of equal columns; a last column that is too long goes on in the next line. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const last = headings.length - 1;
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...rows.map((row) => String(row[i] ?? '').length)),
  );
  const indent = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 2);
  const line = (cells: readonly Cell[]): string => {
    const columns = cells.map((cell, i) => {
      const width = widths[i] ?? 0;
      if (i === last && typeof cell === 'string')
        return wrapped(cell, LINE_WIDTH - indent).join(`\n${' '.repeat(indent)}`);
      return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
    });
    return `  ${columns.join('  ')}`.trimEnd();
  };
  const isNumber = (i: number): boolean => rows.length > 0 && rows.every((row) => typeof row[i] === 'number');
  const head = headings.map((heading, i) => (isNumber(i) ? heading.padStart(widths[i] ?? 0) : heading));
  return [line(head), ...rows.map(line)].join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const current = lines.at(-1) ?? '';
    if (current !== '' && current.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = current === '' ? word : `${current} ${word}`;
  }
  return lines;
}
