import { invalidParameter } from './errors.ts';
import type { EksErrorSubject } from './errors.ts';
import type { NodeImage } from './nodeFleet.ts';
import { stableHex } from './random.ts';
import type { EksService } from './service.ts';
import type { EksLaunchTemplateState } from './state.ts';
import { minorOf } from './versions.ts';

interface Asked {
  launchTemplate?:
    { id?: string | undefined; name?: string | undefined; version?: string | undefined } | undefined;
  amiType?: string | undefined;
  version?: string | undefined;
  releaseVersion?: string | undefined;
  diskSize?: number | undefined;
  remoteAccess?: object | undefined;
}

/**
 * The launch template that a new node group shall have. One that a group was made with before is known, with its
 * images; any other is taken for one that names no image, or, with AMI type CUSTOM, for one of the cluster's version.
 *
 * @throws EksError InvalidParameterException: both ID and name, or what must stand in the template itself
 */
export function readLaunchTemplate(
  service: EksService,
  asked: Asked,
  subject: EksErrorSubject,
): EksLaunchTemplateState | undefined {
  const { launchTemplate } = asked;
  if (launchTemplate === undefined) return undefined;
  const { id, name, version = '1' } = launchTemplate;
  if ((id === undefined) === (name === undefined)) {
    throw invalidParameter('Either the ID or the name of a launch template must be given.', subject);
  }
  for (const field of ['diskSize', 'remoteAccess'] as const) {
    if (asked[field] === undefined) continue;
    throw invalidParameter(`${field} must be given in the launch template and not beside it.`, subject);
  }
  const known = service.launchTemplates.find((template) => template.id === id || template.name === name);
  if (known !== undefined) return { ...known, version };
  return {
    id: id ?? `lt-0${stableHex(name ?? '', 16)}`,
    name: name ?? id ?? '',
    version,
    ...(asked.amiType === 'CUSTOM'
      ? { images: { [version]: asked.version ?? service.cluster.version } }
      : {}),
  };
}

/**
 * The image that a launch template brings itself.
 *
 * @throws EksError InvalidParameterException: a version is asked for, the template's version is not known, or its
 * image is newer than the control plane
 */
export function templateImage(
  template: EksLaunchTemplateState,
  asked: Asked,
  clusterVersion: string,
  subject: EksErrorSubject,
): NodeImage {
  refuseVersionOfOwnImage(asked, subject);
  const version = template.images?.[template.version];
  if (version === undefined) {
    throw invalidParameter(`Launch template version ${template.version} was not found.`, subject);
  }
  if (minorOf(version) > minorOf(clusterVersion)) {
    throw invalidParameter(
      `Nodegroup Kubernetes version ${version} can't be newer than the cluster's Kubernetes version ${clusterVersion}`,
      subject,
    );
  }
  return { version, releaseVersion: `${version}/${template.version}` };
}

/** @throws EksError InvalidParameterException when a version or release is asked for */
export function refuseVersionOfOwnImage(
  asked: Pick<Asked, 'version' | 'releaseVersion'>,
  subject: EksErrorSubject,
): void {
  for (const [field, name] of [
    ['version', 'kubernetesVersion'],
    ['releaseVersion', 'releaseVersion'],
  ] as const) {
    if (asked[field] !== undefined) {
      throw invalidParameter(`You cannot specify the field ${name} when using custom AMIs.`, subject);
    }
  }
}
