/** A titled part of the report. */
export function section(title: string, content: string): string {
  return `${title}\n${content}\n`;
}
