/** Where the progress of compiling the engine is told, while its program is not there. */
export function compilingFile(binary: string): string {
  return `${binary}.compiling`;
}
