import type { LogLevel, Logger as TemporalLogger } from '@temporalio/common';
import { pino } from 'pino';
import type { Logger } from 'pino';
import pretty from 'pino-pretty';

export interface LoggerOptions {
  /** Least level that is written. Default `info`; `silent` writes nothing. */
  level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Default: pretty when standard error is a terminal, one JSON object a line otherwise. */
  format?: 'json' | 'pretty';
}

/** A log on standard error: standard output belongs to the data that commands print. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const level = options.level ?? 'info';
  const format = options.format ?? (process.stderr.isTTY ? 'pretty' : 'json');
  const settings = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (format === 'json') return pino(settings, pino.destination({ dest: 2, sync: true }));
  return pino(
    settings,
    pretty({ destination: 2, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' }),
  );
}

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** What Temporal's SDK, and workflows and activities through it, write their log to. */
export function temporalLogger(logger: Logger): TemporalLogger {
  const log = (level: LogLevel, message: string, meta: Record<string | symbol, unknown> = {}) => {
    const { error, ...rest } = meta;
    logger[levels[level]](error === undefined ? rest : { ...rest, err: error }, message);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}
