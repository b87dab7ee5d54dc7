import { loadScenario } from '../../scenario/scenario.ts';
import { startSimulator } from '../../simulator/start.ts';
import { environmentText } from './environmentText.ts';
import type { SimulatorOptions } from './simulator.ts';
import type { Terminal } from './terminal.ts';
import { aborted, untilTold } from './untilTold.ts';

/** Serves a simulated cluster until the process is told to stop. */
export async function hostSimulator(options: SimulatorOptions, terminal: Terminal): Promise<void> {
  const { scenario: path, speed, port, kubernetesPort, journal, output } = options;
  const scenario = loadScenario(path);
  const told = untilTold();
  const simulator = await startSimulator({
    scenario,
    ...(speed === undefined ? {} : { speed }),
    ...(port === undefined ? {} : { eksPort: port }),
    ...(kubernetesPort === undefined ? {} : { kubernetesPort }),
    ...(journal === undefined ? {} : { journalFile: journal }),
  });
  try {
    const { environment } = simulator;
    terminal.print(environmentText(environment, output));
    terminal.note(
      `Cluster ${scenario.cluster.name} (${scenario.cluster.version}) is served at ${simulator.eksUrl}. Give a worker the environment above. Ctrl-C ends it.`,
    );
    await aborted(told.signal);
  } finally {
    await simulator.close();
    told.release();
  }
}
