type Cell = string | number;

/** Lines of a table for a terminal: texts to the left, numbers to the right. */
export function tableLines(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => String(row[i] ?? '').length)));
  const isNumber = head.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, i) =>
        isNumber[i] === true ? String(cell).padStart(widths[i] ?? 0) : String(cell).padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line);
}
