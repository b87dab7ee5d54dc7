import type { InstanceView } from '../../eks-api/infrastructure.ts';
import { NoCapacity } from '../../eks-api/infrastructure.ts';
import type { ControllerContext } from './controllers/context.ts';
import type { SimulatedFaults } from './faults.ts';
import type { Allocatable } from '../../scenario/instanceTypes.ts';
import { allocatableOf } from '../../scenario/instanceTypes.ts';
import type { Condition, Node } from './kinds.ts';
import { nodes } from './kinds.ts';
import type { NodeDescription } from '../../scenario/nodeObject.ts';
import { instanceIdOf, nodeName, nodeObject } from '../../scenario/nodeObject.ts';
import { kubernetesTime } from '../../scenario/kubernetesTime.ts';
import { withCondition } from './pods.ts';

interface Machine {
  description: NodeDescription;
  state: 'booting' | 'joined' | 'ready' | 'failed';
  /** Calls off what is to happen to it next. */
  cancel: () => void;
  /** ID of its EC2 instance; nobody asks for it before its node has joined. */
  instanceId?: string;
}

/** Share of a node's boot time after which its kubelet registers. */
const joinsAfterShare = 0.8;

/** The machines behind the nodes: they are ordered, boot, join, become Ready, fail, and are ended. */
export class Machines {
  private readonly machines = new Map<string, Machine>();
  /** Nodes by the IDs of their instances. */
  private readonly instances = new Map<string, string>();
  private readonly context: ControllerContext;
  private readonly faults: SimulatedFaults;
  private readonly instanceTypes: Record<string, Allocatable>;
  /** Told when a node's kubelet begins to work, at first or again. */
  private readonly onKubelet: (node: string) => void;

  constructor(
    context: ControllerContext,
    options: {
      faults: SimulatedFaults;
      instanceTypes: Record<string, Allocatable>;
      onKubelet: (node: string) => void;
    },
  ) {
    this.context = context;
    this.faults = options.faults;
    this.instanceTypes = options.instanceTypes;
    this.onKubelet = options.onKubelet;
  }

  /** Whether a node's kubelet starts and stops Pods. */
  isAlive(node: string): boolean {
    return this.machines.get(node)?.state === 'ready';
  }

  /**
   * Orders a machine and returns the name that its node will have. Throws for an unknown instance type, and
   * `NoCapacity` where a fault says that there is none to be had.
   */
  launch(description: NodeDescription): string {
    const { clock, timings } = this.context;
    const fault =
      description.nodeGroup === undefined ? undefined : this.faults.nodeFault(description.nodeGroup);
    if (fault?.kind === 'no-capacity') throw new NoCapacity(description);
    const { name, machine } = this.order(description);
    if (fault?.kind === 'never-joins') return name;
    const boot = 1000 * (fault?.kind === 'slow' ? fault.bootSeconds : timings.nodeBoot);
    machine.cancel = clock.after(boot * joinsAfterShare, () => {
      this.join(name);
      if (fault?.kind === 'joins-not-ready') return;
      machine.cancel = clock.after(boot * (1 - joinsAfterShare), () => this.becomeReady(name));
    });
    return name;
  }

  /** A machine that is there from the start. */
  place(description: NodeDescription): string {
    const { name } = this.order(description);
    this.join(name);
    this.becomeReady(name);
    return name;
  }

  /** Ends a machine at once; its node goes, and with it what runs there. One that is not there is fine. */
  terminate(name: string): void {
    const machine = this.machines.get(name);
    machine?.cancel();
    this.machines.delete(name);
    if (machine?.instanceId !== undefined) this.instances.delete(machine.instanceId);
    if (this.context.store.find(nodes, undefined, name) !== undefined)
      this.context.store.remove(nodes, undefined, name);
  }

  /** A machine stops answering: after the grace period its node's state is unknown. */
  fail(name: string): void {
    const machine = this.required(name);
    machine.cancel();
    machine.state = 'failed';
    machine.cancel = this.context.clock.after(this.context.timings.nodeMonitorGracePeriod * 1000, () =>
      this.setReady(name, {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      }),
    );
  }

  /** A machine that failed answers again. */
  recover(name: string): void {
    this.required(name).cancel();
    this.becomeReady(name);
  }

  /** Nodes of a group that have joined. */
  ofGroup(nodeGroup: string): Node[] {
    const joined: Node[] = [];
    for (const [name, { description }] of this.machines) {
      if (description.nodeGroup !== nodeGroup) continue;
      const node = this.context.store.find(nodes, undefined, name);
      if (node !== undefined) joined.push(node);
    }
    return joined;
  }

  /** The managed node group that a machine is of. */
  nodeGroupOf(name: string): string | undefined {
    return this.machines.get(name)?.description.nodeGroup;
  }

  /** The node that runs on an instance of a managed node group. */
  findInstance(instanceId: string): InstanceView | undefined {
    const node = this.instances.get(instanceId);
    const description = node === undefined ? undefined : this.machines.get(node)?.description;
    if (node === undefined || description?.nodeGroup === undefined) return undefined;
    const { nodeGroup, instanceType, zone } = description;
    return { node, nodeGroup, instanceType, zone };
  }

  private order(description: NodeDescription): { name: string; machine: Machine } {
    allocatableOf(description.instanceType, this.instanceTypes);
    const name = nodeName(description, this.context.random, (taken) => this.machines.has(taken));
    const machine: Machine = { description, state: 'booting', cancel: () => undefined };
    this.machines.set(name, machine);
    return { name, machine };
  }

  private join(name: string): void {
    const machine = this.required(name);
    const { store, random } = this.context;
    const allocatable = allocatableOf(machine.description.instanceType, this.instanceTypes);
    machine.state = 'joined';
    const node = nodeObject(name, machine.description, allocatable, random, this.context.now());
    store.create(nodes, node);
    machine.instanceId = instanceIdOf(node.spec.providerID);
    this.instances.set(machine.instanceId, name);
  }

  private becomeReady(name: string): void {
    this.required(name).state = 'ready';
    this.setReady(name, {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
    });
    this.onKubelet(name);
  }

  private setReady(name: string, condition: Condition): void {
    const now = this.context.now();
    this.context.store.mutate(
      nodes,
      undefined,
      name,
      (node) => ({
        ...node,
        status: {
          ...node.status,
          conditions: withCondition(
            node.status?.conditions,
            { ...condition, lastHeartbeatTime: kubernetesTime(now) },
            now,
          ),
        },
      }),
      { status: true },
    );
  }

  private required(name: string): Machine {
    const machine = this.machines.get(name);
    if (machine === undefined) throw new Error(`there is no machine ${name}`);
    return machine;
  }
}
