using KernelGen.Generator.Model;

namespace KernelGen.Generator.Emission;

/// <summary>Writes the members that users of a class call and that hand over to the host, such as <c>Plan</c> and <c>Run</c>.</summary>
internal static class ModelClassMembers
{
    public static string Write(ModelClass modelClass) => ClassScope.Write(
        modelClass,
        $"Attention of {modelClass.PlainName}: planned and run by a host, with the variants of its catalogue.",
        " : global::KernelGen.ISliceAttention",
        writer => writer.Lines(Members(modelClass.Name)));

    private static string Members(string name) =>
        $$"""
        private readonly global::KernelGen.AttentionHost _host;

        /// <summary>Attention on the device of a host.</summary>
        /// <param name="host">The host; it must outlive this object, which owns nothing.</param>
        public {{name}}(global::KernelGen.AttentionHost host)
        {
            global::System.ArgumentNullException.ThrowIfNull(host);
            _host = host;
        }

        /// <inheritdoc/>
        public global::KernelGen.Kernels.KernelCatalogue Kernels => Catalogue;

        /// <inheritdoc/>
        public global::KernelGen.Planning.SlicePlan Plan<T>(
            in global::KernelGen.Tensors.AttentionShape shape,
            global::KernelGen.Planning.PlanningOptions? options = null)
            where T : unmanaged =>
            _host.Plan<T>(Catalogue, shape, options);

        /// <inheritdoc/>
        public global::KernelGen.Tuning.WarmupReport Warmup<T>(
            in global::KernelGen.Tensors.AttentionShape shape,
            global::KernelGen.Planning.PlanningOptions? options = null,
            bool tune = false,
            global::System.Threading.CancellationToken cancellationToken = default)
            where T : unmanaged =>
            _host.Warmup<T>(Catalogue, shape, options, tune, cancellationToken);

        /// <inheritdoc/>
        public global::KernelGen.Execution.RunReport Run<T>(
            global::KernelGen.Planning.SlicePlan plan,
            global::System.ReadOnlySpan<T> query,
            global::System.ReadOnlySpan<T> key,
            global::System.ReadOnlySpan<T> value,
            global::System.Span<T> output,
            global::KernelGen.Execution.AttentionOptions? options = null)
            where T : unmanaged =>
            _host.Run(Catalogue, plan, query, key, value, output, options);

        /// <inheritdoc/>
        public void Launch(
            global::KernelGen.Planning.SlicePlan plan,
            in global::KernelGen.Kernels.KernelArguments arguments,
            nint stream = 0) =>
            _host.Launch(Catalogue, plan, arguments, stream);
        """;
}
