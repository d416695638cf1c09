/**
 * An e-mail address for comparison by what proves it: small letters for A to Z alone. lower() and toLowerCase() find
 * more letters equal than mail servers do: U+212A, the Kelvin sign, becomes a k, and its mailbox is another one.
 */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
