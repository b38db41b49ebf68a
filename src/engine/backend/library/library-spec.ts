/** The two builds of TensorFlow's C library: for the processor, and with CUDA 12 kernels. */
export type LibraryVariant = 'cpu' | 'cuda';

/** One pinned wheel: the requirement as pip reads it and the SHA-256 of its one file. */
export type PinnedWheel = { requirement: string; sha256: string };

export type LibrarySpec = {
  version: string;
  variant: LibraryVariant;
  /** What is downloaded, for the sentence a waiting person reads. */
  downloadMegabytes: number;
  wheels: PinnedWheel[];
};

export const tensorflowVersion = '2.19.1';

/** The C library has no release of its own any more; the Python wheels carry it. */
const cpuWheels: PinnedWheel[] = [
  {
    requirement: `tensorflow-cpu==${tensorflowVersion}`,
    sha256: '0b6d72bd09c267e7573757bd309f5b1e2cdb02577339991da751f3a1411e4dae',
  },
];

/** TensorFlow's own list of its `and-cuda` extra, version by version. */
const cudaWheels: PinnedWheel[] = [
  {
    requirement: `tensorflow==${tensorflowVersion}`,
    sha256: '8e5524eb492160576e5eeea9bb472ddc653123503f2290f83123d5ac9545750e',
  },
  {
    requirement: 'nvidia-cublas-cu12==12.5.3.2',
    sha256: 'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b',
  },
  {
    requirement: 'nvidia-cuda-cupti-cu12==12.5.82',
    sha256: 'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953',
  },
  {
    requirement: 'nvidia-cuda-nvcc-cu12==12.5.82',
    sha256: 'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0',
  },
  {
    requirement: 'nvidia-cuda-nvrtc-cu12==12.5.82',
    sha256: '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd',
  },
  {
    requirement: 'nvidia-cuda-runtime-cu12==12.5.82',
    sha256: '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115',
  },
  {
    requirement: 'nvidia-cudnn-cu12==9.3.0.75',
    sha256: '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d',
  },
  {
    requirement: 'nvidia-cufft-cu12==11.2.3.61',
    sha256: '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8',
  },
  {
    requirement: 'nvidia-curand-cu12==10.3.6.82',
    sha256: '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536',
  },
  {
    requirement: 'nvidia-cusolver-cu12==11.6.3.83',
    sha256: '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b',
  },
  {
    requirement: 'nvidia-cusparse-cu12==12.5.1.3',
    sha256: '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752',
  },
  {
    requirement: 'nvidia-nccl-cu12==2.23.4',
    sha256: 'b097258d9aab2fa9f686e33c6fe40ae57b27df60cedbd15d139701bb5509e0c1',
  },
  {
    requirement: 'nvidia-nvjitlink-cu12==12.5.82',
    sha256: 'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212',
  },
];

export const librarySpecs: Record<LibraryVariant, LibrarySpec> = {
  cpu: { version: tensorflowVersion, variant: 'cpu', downloadMegabytes: 250, wheels: cpuWheels },
  cuda: {
    version: tensorflowVersion,
    variant: 'cuda',
    downloadMegabytes: 3000,
    wheels: cudaWheels,
  },
};

/** Library files as the wheel names them; both are also their own sonames. */
export const ccLibrary = 'libtensorflow_cc.so.2';
export const frameworkLibrary = 'libtensorflow_framework.so.2';

/**
 * What is kept of a wheel, as a Python regular expression over its entries: the two libraries,
 * the C headers the binding includes, the licence, and NVIDIA's libraries with the compiler tools
 * that just-in-time kernels ask for. The rest (900 MB of Python) is left out.
 */
export const keptEntries = [
  String.raw`tensorflow/libtensorflow_(cc|framework)\.so\.2`,
  String.raw`tensorflow/include/tensorflow/c/.*\.h`,
  String.raw`tensorflow/include/tensorflow/core/platform/ctstring.*\.h`,
  String.raw`tensorflow/include/tsl/platform/ctstring.*\.h`,
  String.raw`tensorflow/include/xla/tsl/c/.*\.h`,
  'nvidia/[^/]+/(lib|bin|nvvm)/.*',
  String.raw`[^/]+\.dist-info/(LICENSE|License\.txt|licenses/.*)`,
].join('|');
