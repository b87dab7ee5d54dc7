/** Credentials that the simulated AWS account knows. */
export interface SimulatedCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Those that the simulator hands out; they are worth nothing anywhere else. */
export const simulatedCredentials: SimulatedCredentials = {
  accessKeyId: 'AKIASIMULATOREXAMPLE',
  secretAccessKey: 'simulated-secret-access-key-worth-nothing',
};
