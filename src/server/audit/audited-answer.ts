import type { FastifyReply, FastifyRequest } from 'fastify';
import { CountroomError } from '../../errors.ts';
import type { RouteDeps } from '../deps.ts';
import { leftSignal, wholeness } from '../http/left.ts';
import type { AuditEntry } from './audit-log.ts';

/** What the audit log will say of an answer once it has ended, however it ends. */
export interface AuditedAnswer {
  /** Aborted once the client has left. */
  readonly left: AbortSignal;
  /** Gives what was asked for its name. */
  name(operation: string): void;
  /** Says what was taken from the caller's budget. */
  charged(cost: number): void;
  /** Counts rows that were given. */
  add(rows: number): void;
  /** Says by which code the request was refused. */
  refuse(code: string): void;
}

/** Notes who asked what on `route` when the answer has ended: answered, refused, or left by its reader. */
export function auditAnswer(
  { audit, clock }: Pick<RouteDeps, 'audit' | 'clock'>,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Pick<AuditEntry, 'route' | 'operation'>,
): AuditedAnswer {
  const startedAt = clock();
  const left = leftSignal(reply);
  const isWhole = wholeness(reply.raw);
  let { operation } = asked;
  let cost: number | null = null;
  let rows = 0;
  let refusal: string | null = null;
  reply.raw.once('close', () => {
    const error = refusal ?? (isWhole() ? null : 'ABORTED');
    const { id: requestId, viewer } = request;
    audit({ requestId, viewer, ...asked, operation, rows, cost, durationMs: clock() - startedAt, error });
  });
  return {
    left,
    name(given) {
      operation = given;
    },
    charged(amount) {
      cost = amount;
    },
    add(count) {
      rows += count;
    },
    refuse(code) {
      refusal ??= code;
    },
  };
}

/** Runs what answers, and has its failure in the audit log. */
export async function audited<T>(answer: AuditedAnswer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    answer.refuse(error instanceof CountroomError ? error.code : 'INTERNAL_SERVER_ERROR');
    throw error;
  }
}
