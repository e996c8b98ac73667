using KernelGen.Kernels;

namespace KernelGen.Peers;

/// <summary>Kernels for every call that is compared, as the planner would choose from in an application.</summary>
[SliceAttention(HeadDims = [32, 40, 64, 80, 128, 160, 512], SliceRows = [2048], Targets = [KernelTarget.Cpu])]
internal sealed partial class ComparedAttention;
