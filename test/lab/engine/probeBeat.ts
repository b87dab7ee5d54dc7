/** Time between two questions of the probe that is not the engine's own. */
export const beatMs = 200;
