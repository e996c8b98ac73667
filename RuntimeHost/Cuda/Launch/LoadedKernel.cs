namespace KernelGen.Cuda.Launch;

/// <summary>A variant loaded into a context.</summary>
/// <param name="Module">The <c>CUmodule</c>.</param>
/// <param name="Stages">Its functions, in launch order.</param>
/// <param name="FromDisk">True when the image came from the cubin cache.</param>
/// <param name="LoadTime">How long compiling (or reading) and loading took.</param>
/// <param name="CompileLog">What the compiler said; empty for an image from the cubin cache.</param>
internal sealed record LoadedKernel(nint Module, LoadedStage[] Stages, bool FromDisk, TimeSpan LoadTime, string CompileLog);
