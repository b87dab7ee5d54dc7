/** A line that is longer is cut: nothing that is read by lines has such, and it must not fill the memory. Characters. */
const longestLine = 64 * 1024;

/** Calls for each line of a text that comes in pieces, without its end; the last one need not have one. */
export async function eachLine(
  pieces: AsyncIterable<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) onLine(line);
  };
  for await (const piece of pieces) take(decoder.decode(piece, { stream: true }));
  take(decoder.decode());
  if (rest !== '') onLine(rest);
}
