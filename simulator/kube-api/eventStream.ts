import type { ServerResponse } from 'node:http';

/** What may lie unsent for a watcher that reads too slowly, in bytes; beyond it the watch is cut. */
const maximumUnsentBytes = 32 * 1024 * 1024;

/** An answer that goes on for as long as there are events; one line of JSON each, those of one moment sent together. */
export class EventStream {
  private readonly response: ServerResponse;
  private readonly waiting: string[] = [];
  private closed: boolean;

  constructor(response: ServerResponse, contentType: string) {
    this.response = response;
    this.closed = response.destroyed;
    if (this.closed) return;
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache, private' });
    response.flushHeaders();
    response.once('close', () => (this.closed = true));
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Called once when the client or the server has ended it. */
  onClose(callback: () => void): void {
    if (this.closed) callback();
    else this.response.once('close', callback);
  }

  send(line: string): void {
    if (this.closed) return;
    this.waiting.push(line);
    if (this.waiting.length === 1) setImmediate(() => this.flush());
  }

  end(): void {
    this.flush();
    if (!this.closed) this.response.end();
    this.closed = true;
  }

  /** Cuts the connection, as a broken network does. */
  cut(): void {
    this.flush();
    this.closed = true;
    this.response.destroy();
  }

  private flush(): void {
    if (this.waiting.length === 0 || this.closed) return;
    this.response.write(`${this.waiting.join('\n')}\n`);
    this.waiting.length = 0;
    if (this.response.writableLength > maximumUnsentBytes) this.cut();
  }
}
