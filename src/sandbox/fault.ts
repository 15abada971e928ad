import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxReply } from '../providers/sandbox.ts';
import { send } from './send.ts';

/** Where a fault plays: the answer that would have been sent, and the way to the client. */
export interface Stage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reply: SandboxReply;
  /** Milliseconds since the epoch, by the sandboxes' clock. */
  readonly now: number;
}

/** Something that goes wrong between a provider and us, on request. */
export interface Fault {
  /** What the client meets, in one sentence. */
  readonly does: string;
  readonly play: (stage: Stage) => void | Promise<void>;
}

/** Sends the answer's body changed, its headers fitting. */
export function editBody(does: string, edit: (body: string) => string): Fault {
  return {
    does,
    play: ({ request, response, reply }) => send(request, response, { ...reply, body: edit(reply.body) }),
  };
}
