import { chmod, stat } from 'node:fs/promises';

/** Takes from everybody but its owner what rights they have to an archive's file, and to its log, as far as they are there. */
export async function keepPrivate(path: string): Promise<void> {
  for (const file of [path, `${path}.wal`]) {
    const mode = await modeOf(file);
    if (mode !== null && (mode & 0o077) !== 0) await chmod(file, 0o600);
  }
}

async function modeOf(file: string): Promise<number | null> {
  try {
    const { mode, uid } = await stat(file);
    // Another user's file is that user's to open or close.
    return process.getuid === undefined || uid === process.getuid() ? mode : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
