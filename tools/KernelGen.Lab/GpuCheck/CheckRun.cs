namespace KernelGen.Lab.GpuCheck;

/// <summary>The state that the parts of a check share: folders, the log, processes, and the kernels that are left.</summary>
internal sealed class CheckRun : IDisposable
{
    private readonly IChildRunner _children;
    private readonly TextWriter _output;
    private readonly StreamWriter _log;
    private readonly List<string> _kernelOptions;

    /// <summary>Makes the folders, and begins the log.</summary>
    /// <param name="options">What is to be checked.</param>
    /// <param name="children">Runs processes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="output">Receives a line for each part.</param>
    public CheckRun(GpuCheckOptions options, IChildRunner children, TimeProvider time, TextWriter output)
    {
        (Options, Time, _children, _output) = (options, time, children, output);
        Directory.CreateDirectory(options.Results);
        _log = new(ResultFile("check.log")) { AutoFlush = true };
        Cache = Directory.CreateDirectory(options.Cache ?? Path.Combine(options.Application, "cubins")).FullName;
        Tools = new(this);
        _kernelOptions =
        [
            .. options.Except.Count > 0 ? ["--except", string.Join(',', options.Except)] : (string[])[],
            .. options.Kernels.Count > 0 ? ["--kernels", string.Join(',', options.Kernels)] : (string[])[],
        ];
    }

    /// <summary>The options of the check.</summary>
    public GpuCheckOptions Options { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Programs of this machine.</summary>
    public MachineTools Tools { get; }

    /// <summary>The cache of compiled kernels.</summary>
    public string Cache { get; }

    /// <summary>The log of everything.</summary>
    public TextWriter Log => _log;

    /// <summary>A file of the results.</summary>
    public string ResultFile(string name) => Path.Combine(Options.Results, name);

    /// <summary>A file of the bundle.</summary>
    public string BundleFile(string name) => Path.Combine(Options.Bundle, name);

    /// <summary>A program of the application.</summary>
    public string Program(string name) => Path.Combine(Options.Application, name);

    /// <summary>Says something to the user and to the log.</summary>
    public void Say(string line)
    {
        _output.WriteLine(line);
        lock (_log)
            _log.WriteLine(line);
    }

    /// <summary>Leaves kernels out from here on.</summary>
    /// <param name="names">Their names.</param>
    public void LeaveOut(IReadOnlyCollection<string> names)
    {
        // Kernels that the user names are run whatever became of them before.
        if (names.Count == 0 || Options.Kernels.Count > 0)
            return;

        string list = string.Join(',', names);
        _kernelOptions.AddRange(["--except", list]);
        Say($"           left out from here on: {list}");
    }

    /// <summary>A command of the laboratory that runs kernels.</summary>
    /// <param name="arguments">The command and its options.</param>
    public ChildCommand KernelCommand(params IEnumerable<string> arguments)
    {
        string precompiled = Program("precompiled");
        bool takePrecompiled = Directory.Exists(precompiled) && !Options.CompileHere;
        return new(
            Program("KernelGen.Lab"),
            [.. arguments, "--cache", Cache, .. takePrecompiled ? ["--precompiled", precompiled] : (string[])[], .. _kernelOptions]);
    }

    /// <summary>A command of the sample application.</summary>
    /// <param name="arguments">The command and its options.</param>
    public ChildCommand SampleCommand(params IEnumerable<string> arguments) => new(Program("KernelGen.Samples"), [.. arguments]);

    /// <summary>Runs a process with the variables of all parts.</summary>
    /// <param name="command">The process.</param>
    /// <param name="limit">After this time it is ended.</param>
    /// <param name="log">Receives what it writes; the check's log when null.</param>
    public ChildResult Run(ChildCommand command, TimeSpan limit, TextWriter? log = null)
    {
        Dictionary<string, string> environment = new(Tools.Environment);
        foreach ((string name, string value) in command.Environment)
            environment[name] = value;
        return _children.Run(command with { Environment = environment }, limit, log ?? _log);
    }

    /// <summary>Asks a program of this machine for something, within a few seconds.</summary>
    /// <returns>Its standard output; empty when there is no such program, or when it fails.</returns>
    public string Ask(string program, params string[] arguments)
    {
        ChildResult result = _children.Run(new(program, arguments), TimeSpan.FromSeconds(10), TextWriter.Null);
        return result.Status == PartStatus.Passed ? result.Output : "";
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();
}
